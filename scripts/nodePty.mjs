// The one native module: node-pty, for terminals over the system's ssh. Its prebuilt binaries come from npm, by the lock's versions and checksums.
import { createHash } from "node:crypto";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { npmCommand, root, runVisibly } from "./prerequisites.mjs";
import { buildOnce, cacheFolder } from "./vscode/cache.mjs";

/** The package that loads them. */
export const nodePty = "@lydell/node-pty";

/** What VS Code calls the systems for which there is a binary. */
export const platforms = ["win32-x64", "win32-arm64", "darwin-x64", "darwin-arm64", "linux-x64", "linux-arm64"];

/** Debug symbols are many times larger than what they belong to; types and descriptions are for developers. */
const unneeded = /\.(pdb|d\.ts|md)$/;

/**
 * Patterns of the files, relative to the repository, that a platform's package holds besides what all hold.
 * @param {string} platform
 */
export function nodePtyFiles(platform) {
  return [`dist/node_modules/${nodePty}/**`, `dist/node_modules/${nodePty}-${platform}/**`];
}

/** Copies node-pty into dist/node_modules, where the bundles find it, with the binaries of all platforms. */
export async function addNodePty() {
  const modules = join(await ensureNodePty(), "node_modules", "@lydell");
  await cp(modules, join(root, "dist", "node_modules", "@lydell"), {
    recursive: true,
    filter: (source) => !unneeded.test(source),
  });
}

/** npm installs the binary of its own platform only, so all are fetched into the user's cache folder, once. */
async function ensureNodePty() {
  const { packages } = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8"));
  const entries = [nodePty, ...platforms.map((platform) => `${nodePty}-${platform}`)].map((name) => {
    const { version, integrity } = packages[`node_modules/${name}`];
    return [name, { version, integrity }];
  });
  const checksum = createHash("sha256").update(JSON.stringify(entries)).digest("hex").slice(0, 8);
  const folder = join(cacheFolder(), `node-pty-${entries[0][1].version}-${checksum}`);
  return buildOnce(
    folder,
    async (temporary) => {
      console.log(`Fetching ${entries.length} packages of node-pty into ${folder} …`);
      const dependencies = Object.fromEntries(entries.map(([name, { version }]) => [name, version]));
      const lock = {
        lockfileVersion: 3,
        packages: {
          "": { dependencies },
          ...Object.fromEntries(entries.map(([name, entry]) => [`node_modules/${name}`, entry])),
        },
      };
      await writeFile(join(temporary, "package.json"), JSON.stringify({ private: true, dependencies }));
      await writeFile(join(temporary, "package-lock.json"), JSON.stringify(lock));
      const npm = npmCommand();
      // Forced, because most of them are for another system than this one; the checksums hold all the same.
      const options = ["ci", "--force", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
      await runVisibly(npm.command, [...npm.args, ...options], { cwd: temporary, shell: npm.shell });
    },
    console.log,
  );
}
