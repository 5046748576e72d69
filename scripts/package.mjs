// npm run package: the VSIX, its contents listed and checked: nothing may be in it that does not belong.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";
import { root } from "./prerequisites.mjs";

/** Everything that ships. A file that matches none of these fails the build. */
const belongs = [
  /^package\.json$/,
  /^(README|CHANGELOG)\.md$/,
  /^LICENSE$/,
  /^media\/(icon\.png|activity\.svg)$/,
  /^dist\/(extension|ssh|cli|demo|askpass)\.cjs$/,
  /^dist\/webview\/gpu\.(js|css)$/,
  /^dist\/webview\/codicons\/codicon\.(css|ttf)$/,
  /^dist\/third-party-notices\.txt$/,
];

/** Builds, writes the notices of what is bundled, packages, and returns the path of the VSIX. */
export async function packageExtension() {
  const metafiles = await build();
  await writeFile(join(root, "dist", "third-party-notices.txt"), await notices(metafiles));
  const vsce = await import("@vscode/vsce");
  const files = await vsce.listFiles({ cwd: root, packageManager: vsce.PackageManager.None });
  const strangers = files.filter((file) => !belongs.some((pattern) => pattern.test(file)));
  for (const file of files) console.log(`  ${file}`);
  if (strangers.length > 0) throw new Error(`These files do not belong in the VSIX: ${strangers.join(", ")}.`);
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const packagePath = join(root, `tensorline-${version}.vsix`);
  await vsce.createVSIX({ cwd: root, packagePath, dependencies: false, skipLicense: false });
  return packagePath;
}

/** The licences of every package that ended in a bundle, which those licences ask for. */
async function notices(metafiles) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const names = new Set(["@vscode/codicons"]);
  for (const input of inputs) {
    const match = input.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (match) names.add(match[1]);
  }
  const sections = [];
  for (const name of [...names].sort()) {
    const folder = join(root, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    sections.push(`${name} ${version} (${license ?? "see below"})\n\n${await licenceText(folder)}`);
  }
  return `Tensorline contains these packages.\n\n${sections.join(`\n${"-".repeat(80)}\n\n`)}`;
}

async function licenceText(folder) {
  for (const file of ["LICENSE", "LICENSE.md", "LICENSE.txt", "license", "LICENCE"]) {
    const text = await readFile(join(folder, file), "utf8").catch(() => undefined);
    if (text) return text;
  }
  return "";
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await packageExtension());
