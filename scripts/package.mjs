// npm run package: one VSIX for each platform with its binary of node-pty, and one for all others without it. The
// contents of each are listed and checked: nothing may be in it that does not belong, and nothing may be missing.
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";
import { addNodePty, nodePty, nodePtyFiles, platforms } from "./nodePty.mjs";
import { root } from "./prerequisites.mjs";
import { temporaryFolder } from "./vscode/temporary.mjs";

/** What every package holds. A file that is not of these fails the build, and so does one of these that is not there. */
const common = [
  "package.json",
  "README.md",
  "CHANGELOG.md",
  "LICENSE",
  "media/icon.png",
  "media/activity.svg",
  "schemas/jobs.schema.json",
  ...["python", "shellscript", "dockerfile"].map((language) => `snippets/${language}.json`),
  ...["extension", "ssh", "gpu", "transfer", "environments", "jobs", "tensors", "cli", "demo", "askpass"].map(
    (bundle) => `dist/${bundle}.cjs`,
  ),
  ...["gpu", "job", "jobForm", "tensor"].flatMap((page) => [`dist/webview/${page}.js`, `dist/webview/${page}.css`]),
  "dist/webview/codicons/codicon.css",
  "dist/webview/codicons/codicon.ttf",
  "dist/third-party-notices.txt",
];

/** The name by which the package without a binary goes. */
const universal = "universal";

/**
 * Builds, writes the notices of what is bundled, and packages for all platforms.
 * @returns {Promise<Map<string, string>>} the path of each VSIX by its platform, or `universal`
 */
export async function packageExtension() {
  const metafiles = await build();
  await addNodePty();
  await writeFile(join(root, "dist", "third-party-notices.txt"), await notices(metafiles));
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const temporary = await temporaryFolder("tensorline-package-");
  const packages = new Map();
  for (const platform of [universal, ...platforms]) {
    const ignoreFile = join(temporary.path, platform);
    const more = platform === universal ? [] : nodePtyFiles(platform);
    const ignored = await readFile(join(root, ".vscodeignore"), "utf8");
    await writeFile(ignoreFile, `${ignored}${more.map((pattern) => `!${pattern}\n`).join("")}`);
    packages.set(platform, await packageFor(platform, version, ignoreFile));
  }
  temporary.remove();
  return packages;
}

async function packageFor(platform, version, ignoreFile) {
  const vsce = await import("@vscode/vsce");
  const files = await vsce.listFiles({ cwd: root, packageManager: vsce.PackageManager.None, ignoreFile });
  const patterns = platform === universal ? [] : nodePtyContents(platform);
  const strangers = files.filter((file) => !common.includes(file) && !patterns.some((pattern) => pattern.test(file)));
  const missing = [
    ...common.filter((file) => !files.includes(file)),
    ...patterns.filter((pattern) => !files.some((file) => pattern.test(file))),
  ];
  const target = platform === universal ? {} : { target: platform };
  const name = ["tensorline", ...Object.values(target), version].join("-");
  const packagePath = join(root, `${name}.vsix`);
  await vsce.createVSIX({ cwd: root, packagePath, dependencies: false, skipLicense: false, ignoreFile, ...target });
  console.log(`${name}.vsix: ${files.length} files, ${Math.round((await stat(packagePath)).size / 1000)} kB`);
  for (const file of files) console.log(`  ${file}`);
  if (strangers.length > 0) throw new Error(`These files do not belong in ${name}.vsix: ${strangers.join(", ")}.`);
  if (missing.length > 0) throw new Error(`${name}.vsix holds nothing like ${missing.join(", ")}.`);
  return packagePath;
}

/**
 * What a platform's package holds besides: patterns, each of at least one file.
 * @param {string} platform
 */
function nodePtyContents(platform) {
  const of = (files) => new RegExp(`^dist/node_modules/${nodePty}${files}$`);
  const binaries = {
    win32: [of(`-${platform}/(conpty|conpty_console_list)\\.node`)],
    darwin: [of(`-${platform}/pty\\.node`), of(`-${platform}/spawn-helper`)],
    linux: [of(`-${platform}/pty\\.node`)],
  };
  return [
    of("/LICENSE"),
    of("/([a-z]+/)?\\w+\\.js"),
    of(`(-${platform})?/package\\.json`),
    ...binaries[platform.split("-")[0]],
  ];
}

/** The licences of every package that ended in a bundle, which those licences ask for. */
async function notices(metafiles) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const names = new Set(["@vscode/codicons", nodePty]);
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

if (process.argv[1] === fileURLToPath(import.meta.url)) await packageExtension();
