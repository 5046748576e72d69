import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

const sshdPath = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/opt/homebrew/sbin/sshd"].find((path) => existsSync(path));

/** Why a real sshd cannot be started here, or undefined when it can; use it to skip by name. */
export const withoutSshd = sshdPath === undefined ? "no sshd on this machine (Debian: openssh-server)" : undefined;

/** Why throw-away users cannot be made here, or undefined when they can. */
export const withoutUsers =
  withoutSshd ?? (process.getuid?.() === 0 && existsSync("/usr/sbin/useradd") ? undefined : "needs root and useradd");

/** Why a server cannot have a mount namespace of its own here, or undefined when it can. */
export const withoutMounts =
  withoutUsers ??
  (spawnSync("unshare", ["-m", "true"]).status === 0 ? undefined : "mount namespaces cannot be made here");

/** A user made for one test and removed after it. */
export interface TestUserRequest {
  /** Absolute path of the login shell; default `/bin/sh`. */
  readonly shell?: string;
  readonly password?: string;
  /** Files in the home folder, by relative path. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface TestUser {
  readonly name: string;
  readonly home: string;
}

export interface SshdRequest {
  /** Default: one `ed25519`. */
  readonly hostKeyTypes?: readonly ("ed25519" | "ecdsa" | "rsa")[];
  /** Lines for sshd_config; they stand first and so win over the helper's own. */
  readonly config?: readonly string[];
  /** Environment of every session, such as a PATH with stand-in tools in front. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly users?: readonly TestUserRequest[];
  /** Environment of the server itself, besides the tests' own. */
  readonly serverEnvironment?: Readonly<Record<string, string>>;
  /** Shell lines for a mount namespace of the server's own, run as root before it starts; the machine stays as it is. */
  readonly mounts?: (folder: string, users: readonly TestUser[]) => readonly string[];
  /** A network namespace to run in and its address there; default: this machine's 127.0.0.1. */
  readonly place?: { readonly namespace: string; readonly address: string };
}

export interface HostKeyFile {
  readonly type: string;
  /** Path of the private key. */
  readonly file: string;
  /** `ssh-… AAAA…`, without comment. */
  readonly publicKey: string;
}

/** A real sshd on 127.0.0.1 with keys of its own. */
export interface Sshd {
  readonly address: string;
  readonly port: number;
  /** Scratch folder that goes away with the server. */
  readonly folder: string;
  readonly hostKeys: readonly HostKeyFile[];
  /** Private key that every user of this server may log in with. */
  readonly userKeyFile: string;
  /** The user who runs the tests. */
  readonly user: string;
  readonly users: readonly TestUser[];
  /** ssh_config with the aliases `box` (knows the host key), `stranger` (knows no key) and `boxN` for `users[N]`. */
  readonly configFile: string;
  readonly knownHostsFile: string;
  /** What sshd has logged so far. */
  log(): string;
  /** Resolves with all of the log from position `from` on, once that matches. */
  says(pattern: RegExp, from?: number): Promise<string>;
  /** Resolves with the port of the first connection after position `from` of the log, and all of the log since, once it has ended. */
  ended(from: number): Promise<{ readonly port: string; readonly log: string }>;
  dispose(): Promise<void>;
}

/** Starts a real sshd; rejects with its own complaint when it does not come up. */
export async function startSshd(request: SshdRequest = {}): Promise<Sshd> {
  if (sshdPath === undefined) throw new Error("no sshd on this machine");
  const folder = await mkdtemp(join(tmpdir(), "tensorline-sshd-"));
  // Throw-away users must be able to pass through to their authorized keys.
  await chmod(folder, 0o755);
  const file = (name: string) => join(folder, name);
  const hostKeys = (request.hostKeyTypes ?? ["ed25519"]).map((type) => makeKey(file(`host_${type}`), type));
  const userKey = makeKey(file("user_key"), "ed25519");
  const users = (request.users ?? []).map(makeUser);
  for (const [index, user] of users.entries()) await writeHome(user, request.users?.[index]?.files ?? {});
  await writeFile(file("authorized_keys"), `${userKey.publicKey}\n`, { mode: 0o644 });
  if (process.getuid?.() === 0) execFileSync("mkdir", ["-p", "/run/sshd"]);
  const port = await freePort();
  const address = request.place?.address ?? "127.0.0.1";
  const environment = Object.entries(request.environment ?? {}).map(([name, value]) => `"${name}=${value}"`);
  const config = [
    ...(request.config ?? []),
    `ListenAddress ${address}`,
    `Port ${port}`,
    ...hostKeys.map((key) => `HostKey ${key.file}`),
    `AuthorizedKeysFile ${file("authorized_keys")}`,
    "StrictModes no",
    "UsePAM no",
    "PidFile none",
    "PermitRootLogin yes",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "LogLevel VERBOSE",
    ...(environment.length === 0 ? [] : [`SetEnv ${environment.join(" ")}`]),
  ];
  await writeFile(file("sshd_config"), `${config.join("\n")}\n`);
  const user = userInfo().username;
  await writeFile(file("known_hosts"), hostKeys.map((key) => `[${address}]:${port} ${key.publicKey}\n`).join(""));
  await writeFile(file("ssh_config"), sshConfig(folder, address, port, user, users));
  const mounts = request.mounts?.(folder, users);
  const inside = [
    ...(request.place ? ["ip", "netns", "exec", request.place.namespace] : []),
    ...(mounts ? ["unshare", "-m", "sh", "-ec", [...mounts, 'exec "$@"'].join("\n"), "sh"] : []),
  ];
  const [program = sshdPath, ...args] = [...inside, sshdPath, "-D", "-e", "-f", file("sshd_config")];
  const server = spawn(program, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...request.serverEnvironment },
  });
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  await listening(server, () => log);
  const says = (pattern: RegExp, from = 0) =>
    new Promise<string>((resolve) => {
      const check = () => {
        if (!pattern.test(log.slice(from))) return;
        server.stderr.removeListener("data", check);
        resolve(log.slice(from));
      };
      server.stderr.on("data", check);
      check();
    });
  return {
    address,
    port,
    folder,
    hostKeys,
    userKeyFile: userKey.file,
    user,
    users,
    configFile: file("ssh_config"),
    knownHostsFile: file("known_hosts"),
    log: () => log,
    says,
    async ended(from) {
      const came = /Connection from \S+ port (\d+)\b/;
      const [, port = ""] = came.exec(await says(came, from)) ?? [];
      return { port, log: await says(new RegExp(`(closed|reset|disconnect).* port ${port}\\b`, "i"), from) };
    },
    async dispose() {
      await stopProcess(server);
      for (const { name } of users) changeUsers("userdel", ["-rf", name]);
      // A session that is ending may still write there.
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** Makes a key pair without passphrase, or with one. */
export function makeKey(file: string, type: string, passphrase = ""): HostKeyFile {
  // Longer RSA keys take seconds to find.
  const size = type === "rsa" ? ["-b", "2048"] : [];
  execFileSync("ssh-keygen", ["-q", "-t", type, ...size, "-a", "1", "-N", passphrase, "-C", "", "-f", file]);
  return { type, file, publicKey: readFileSync(`${file}.pub`, "utf8").trim().split(" ").slice(0, 2).join(" ") };
}

/** Ends a child process and waits until it is gone. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

/** Test files run side by side: each has a range of its own, as far as their pids are neighbours. */
let nextPort = (process.pid * 7919) % 20_000;

/** A port of 127.0.0.1 that nobody listens on, and below those that systems give out by themselves: it stays free. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + (nextPort++ % 20_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

let made = 0;

function makeUser({ shell = "/bin/sh", password }: TestUserRequest): TestUser {
  const name = `tl${process.pid}x${made++}`;
  const home = join(tmpdir(), `home-${name}`);
  const locked = password === undefined ? "*" : "x";
  changeUsers("useradd", ["-m", "-d", home, "-k", "/dev/null", "-s", shell, "-p", locked, name]);
  if (password !== undefined) changeUsers("chpasswd", [], `${name}:${password}\n`);
  return { name, home };
}

/** One after the other on the whole machine: these tools give up where another one is at work, and number users twice. */
function changeUsers(tool: string, words: readonly string[], input = ""): void {
  execFileSync("flock", [join(tmpdir(), "tensorline-users.lock"), tool, ...words], {
    input,
    stdio: ["pipe", "ignore", "ignore"],
  });
}

async function writeHome({ name, home }: TestUser, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    execFileSync("mkdir", ["-p", join(home, path, "..")]);
    await writeFile(join(home, path), text);
  }
  execFileSync("chown", ["-R", name, home]);
}

function sshConfig(folder: string, address: string, port: number, user: string, users: readonly TestUser[]): string {
  const common = (name: string, login: string, knownHosts: string) =>
    [
      `Host ${name}`,
      `  HostName ${address}`,
      `  Port ${port}`,
      `  User ${login}`,
      `  IdentityFile ${join(folder, "user_key")}`,
      "  IdentitiesOnly yes",
      "  IdentityAgent none",
      `  UserKnownHostsFile ${knownHosts}`,
      "  GlobalKnownHostsFile none",
      "",
    ].join("\n");
  const known = join(folder, "known_hosts");
  return [
    common("box", user, known),
    common("stranger", user, join(folder, "no_known_hosts")),
    ...users.map(({ name }, index) => common(`box${index}`, name, known)),
  ].join("\n");
}

function listening(server: ChildProcess, log: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = () => {
      if (log().includes("Server listening")) resolve();
    };
    server.stderr?.on("data", check);
    server.once("exit", () => reject(new Error(`sshd did not start: ${log()}`)));
    server.once("error", reject);
  });
}

/** The text of a file the tests wrote. */
export function readText(file: string): Promise<string> {
  return readFile(file, "utf8");
}
