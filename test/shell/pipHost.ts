import { execFileSync, spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { Plan } from "../../src/core/environments/manager";
import type { Environment } from "../../src/shared/environments";
import { shells } from "./probeHost";
import { readTree } from "./transferHost";

/** One folder for all of a test file; it goes away with the file's last test. */
const scratch = mkdtempSync(join(tmpdir(), "tensorline-pip-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

export const newFolder = (): string => mkdtempSync(join(scratch, "t-"));

const pyenvVersions = join(homedir(), ".pyenv/versions");

/** Interpreters of this machine by minor version, such as `3.12`: pyenv's, and those on the path. */
export const pythons: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "python3",
    ...Array.from({ length: 10 }, (_, at) => `python3.${at + 6}`),
    ...(existsSync(pyenvVersions)
      ? readdirSync(pyenvVersions).map((name) => join(pyenvVersions, name, "bin/python3"))
      : []),
  ].flatMap((program) => {
    try {
      const code = "import sys, ensurepip, venv; print('%d.%d' % sys.version_info[:2]); print(sys.executable)";
      const options = { encoding: "utf8", stdio: "pipe" } as const;
      return [execFileSync(program, ["-c", code], options).trim().split("\n")];
    } catch {
      return [];
    }
  }),
);

/** Any Python that can make environments: the one that most tests use. */
export const python = pythons["3.11"] ?? Object.values(pythons)[0] ?? "/usr/bin/python3";

export interface PipHost {
  readonly name: string;
  readonly shell: readonly [string, ...string[]];
  readonly path: string;
}

/** Shells with the tools that come with them; BusyBox has nothing but its own. */
export const allHosts: readonly PipHost[] = shells.map((shell) => {
  if (shell[0] !== "busybox") return { name: shell[0], shell, path: "/usr/bin:/bin" };
  const applets = join(scratch, "applets");
  mkdirSync(applets);
  execFileSync("busybox", ["--install", "-s", applets]);
  const program = execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim();
  return { name: "busybox", shell: [program, "sh"], path: applets };
});

export const plainHost: PipHost = { name: "sh", shell: ["sh"], path: "/usr/bin:/bin" };

export interface Outcome {
  readonly exitCode: number;
  readonly log: string;
  /** Exit code of the undoing, where there was one. */
  readonly undone?: number;
}

export interface RunOptions {
  readonly host?: PipHost;
  readonly env?: Readonly<Record<string, string>>;
  /** What happens beside the work, of which this is the process group. */
  readonly meanwhile?: (group: number) => Promise<void>;
  /** Leaves out the undoing, as where the machine was switched off. */
  readonly cutOff?: boolean;
}

/** Carries out an operation as the host does: the work in a session of its own, then its undoing where it did not succeed. */
export async function carryOut(plan: Plan, options: RunOptions = {}): Promise<Outcome> {
  const { script, parameters, undo, secrets = {} } = plan.operation;
  const id = randomUUID();
  const folder = newFolder();
  const env = {
    HOME: join(scratch, "home"),
    PATH: options.host?.path ?? plainHost.path,
    LANG: "C.UTF-8",
    TMPDIR: join(scratch, "tmp"),
    PIP_CONFIG_FILE: "/dev/null",
    PIP_RETRIES: "0",
    ...options.env,
    TENSORLINE_OPERATION: id,
  };
  for (const place of [env.HOME, env.TMPDIR]) mkdirSync(place, { recursive: true });
  const run = (text: string, more: Readonly<Record<string, string>>, started?: (group: number) => void) =>
    new Promise<{ exitCode: number; log: string }>((resolve, reject) => {
      const file = join(folder, "part");
      writeFileSync(file, text);
      const [program, ...words] = (options.host ?? plainHost).shell;
      const child = spawn(program, [...words, file, ...parameters], {
        cwd: env.HOME,
        detached: true,
        env: { ...env, ...more },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let log = "";
      const heard = (chunk: Buffer) => {
        log += chunk.toString();
      };
      child.stdout.on("data", heard);
      child.stderr.on("data", heard);
      child.on("error", reject);
      if (child.pid !== undefined) started?.(child.pid);
      child.on("close", (code, signal) => resolve({ exitCode: code ?? (signal === "SIGKILL" ? 137 : 143), log }));
    });
  let beside: Promise<void> | undefined;
  const work = await run(script, secrets, (group) => {
    beside = options.meanwhile?.(group);
  });
  await beside;
  if (work.exitCode === 0 || undo === undefined || options.cutOff) return work;
  const undoing = await run(undo, {});
  return { ...work, log: work.log + undoing.log, undone: undoing.exitCode };
}

export const environmentAt = (prefix: string, more: Partial<Environment> = {}): Environment => ({
  manager: "venv",
  name: "train",
  prefix,
  interpreter: `${prefix}/bin/python`,
  packages: [],
  ...more,
});

/** One value for all of an environment that counts: every name, kind and content, but for the caches of byte code. */
export function fingerprint(prefix: string): string {
  const tree = Object.entries(readTree(prefix)).filter(([path]) => !/(^|\/)__pycache__(\/|$)/.test(path));
  return createHash("sha256").update(JSON.stringify(tree)).digest("hex");
}

/** What an operation left anywhere in a folder. */
export const leftovers = (folder: string): string[] =>
  existsSync(folder) ? Object.keys(readTree(folder)).filter((path) => path.includes("tensorline")) : [];

/** What is left of operations outside of environments. */
export const scratchLeft = (): string[] =>
  existsSync(join(scratch, "tmp"))
    ? readdirSync(join(scratch, "tmp")).filter((name) => name.startsWith("tensorline"))
    : [];

export interface WheelOptions {
  readonly requires?: readonly string[];
  /** Size of a file of noise in it. */
  readonly bytes?: number;
  /** Where a file goes that is no module: `share/x`. */
  readonly data?: string;
  /** Its noise does not have the checksum that the wheel says: whoever unpacks it fails half-way. */
  readonly damaged?: true;
}

/** Writes a wheel with one module and one program, made by hand as the wheel format asks. */
export function writeWheel(folder: string, name: string, version: string, options: WheelOptions = {}): void {
  const spec = JSON.stringify({ folder, name, version, ...options });
  execFileSync(python, ["-c", wheelCode, spec], { stdio: "pipe" });
}

const wheelCode = `
import base64, hashlib, json, os, random, sys, zipfile
spec = json.loads(sys.argv[1])
name, version = spec["name"], spec["version"]
info = "%s-%s.dist-info" % (name, version)
noise = random.Random(name + version)
files = {
    name + "/__init__.py": ("version = %r\\ndef main():\\n    print(version)\\n" % version).encode(),
    name + "/noise.bin": bytes(noise.getrandbits(8) for _ in range(1024)) * (spec.get("bytes", 1024) // 1024),
    info + "/METADATA": "".join(
        ["Metadata-Version: 2.1\\nName: %s\\nVersion: %s\\n" % (name, version)]
        + ["Requires-Dist: %s\\n" % word for word in spec.get("requires", [])]).encode(),
    info + "/WHEEL": b"Wheel-Version: 1.0\\nGenerator: tensorline\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    info + "/entry_points.txt": ("[console_scripts]\\n%s = %s:main\\n" % (name, name)).encode(),
}
if "data" in spec:
    files["%s-%s.data/data/%s" % (name, version, spec["data"])] = b"data"
record = []
for path, content in files.items():
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    record.append("%s,sha256=%s,%d" % (path, digest, len(content)))
record.append(info + "/RECORD,,")
files[info + "/RECORD"] = "\\n".join(record).encode()
target = os.path.join(spec["folder"], "%s-%s-py3-none-any.whl" % (name, version))
with zipfile.ZipFile(target, "w") as wheel:
    for path, content in files.items():
        wheel.writestr(path, content)
if "damaged" in spec:
    with open(target, "rb") as file:
        whole = file.read()
    with open(target, "wb") as file:
        file.write(whole.replace(files[name + "/noise.bin"][:8], b"damaged!"))
`;

/** A program that is Python with these words before its own. */
function program(name: string, ...words: string[]): string {
  const path = join(newFolder(), name);
  writeFileSync(path, `#!/bin/sh\nexec ${[python, ...words].map((word) => `'${word}'`).join(" ")} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

const fixtures = new URL("../fixtures/environments/tools", import.meta.url).pathname;
/** Stands in for uv, and validates every argument. */
export const uv = program("uv", join(fixtures, "uv.py"));

/** A program of an environment, run: what it prints. */
export const output = (program: string, ...words: string[]): string =>
  execFileSync(program, words, { encoding: "utf8", stdio: "pipe" }).trim();

export const readText = (path: string): string => readFileSync(path, "utf8");
