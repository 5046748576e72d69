// One VS Code server process with data folders of its own, ended and removed as a whole.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

const startDeadlineMs = 120_000;
const stopDeadlineMs = 5_000;

/**
 * Starts the server on a free port of 127.0.0.1. Other users of the machine cannot use it: the URL carries a token.
 * @param {object} options
 * @param {string} options.node
 * @param {string} options.serverMain
 * @param {Record<string, unknown>} options.settings the user settings
 * @param {boolean} options.trusted false: the workspace opens in restricted mode
 * @param {boolean} options.ownHome true: the extension sees the user's home folder; false: an empty one and no ssh-agent
 * @param {Record<string, string>} options.env additions for the server and with it for the extension host
 * @param {(line: string) => void} options.onOutput what the server prints
 */
export async function startServer({ node, serverMain, settings, trusted, ownHome, env, onOutput }) {
  const folder = await mkdtemp(join(tmpdir(), "tensorline-vscode-"));
  const tokenFile = join(folder, "token");
  const token = randomBytes(16).toString("hex");
  await mkdir(join(folder, "user", "User"), { recursive: true });
  await mkdir(join(folder, "home"));
  await mkdir(join(folder, "tmp"));
  await writeFile(join(folder, "user", "User", "settings.json"), JSON.stringify(settings));
  await writeFile(tokenFile, token, { mode: 0o600 });

  const child = spawn(
    node,
    [
      serverMain,
      "--accept-server-license-terms",
      "--enable-smoke-test-driver",
      ...["--host", "127.0.0.1", "--port", "0", "--connection-token-file", tokenFile],
      ...["--server-data-dir", join(folder, "server"), "--user-data-dir", join(folder, "user")],
      ...["--extensions-dir", join(folder, "extensions"), "--telemetry-level", "off"],
      "--force-disable-user-env",
      ...(trusted ? ["--disable-workspace-trust"] : []),
    ],
    // A process group of its own, so that the extension host and what it starts end with it.
    {
      env: serverEnvironment({ TMPDIR: join(folder, "tmp") }, ownHome ? {} : freshHome(join(folder, "home")), env),
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const kill = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group is gone already.
    }
  };
  const cleanUp = () => {
    if (child.pid) kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once("exit", cleanUp);
  exitOnSignals();

  const stop = async () => {
    kill("SIGTERM");
    const timer = setTimeout(kill, stopDeadlineMs, "SIGKILL");
    await exited;
    clearTimeout(timer);
    process.off("exit", cleanUp);
    cleanUp();
  };
  try {
    const origin = await listeningAt(child, onOutput);
    return { origin, token, logsFolder: join(folder, "server", "data", "logs"), stop };
  } catch (cause) {
    process.off("exit", cleanUp);
    cleanUp();
    throw cause;
  }
}

/** Resolves to "http://127.0.0.1:PORT" when the server says that it listens. */
function listeningAt(child, onOutput) {
  return new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(() => fail(`did not listen within ${startDeadlineMs / 1000} s`), startDeadlineMs);
    const fail = (what) => {
      clearTimeout(timer);
      reject(new Error(`The VS Code server ${what}:\n${output.trim().slice(-3000)}`));
    };
    child.on("error", (cause) => fail(`could not be started (${cause.message})`));
    child.on("exit", (code, signal) => fail(`ended with ${signal ?? `exit code ${code}`}`));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        onOutput(text);
        if (output.length < 100_000) output += text;
        const port = /^Extension host agent listening on (\d+)/m.exec(output)?.[1];
        if (!port) return;
        clearTimeout(timer);
        resolve(`http://127.0.0.1:${port}`);
      });
    }
  });
}

/** The environment of this process without what would tie the server to another VS Code or to a gallery. */
function serverEnvironment(...additions) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|npm_)/.test(name),
  );
  return Object.assign(Object.fromEntries(inherited), { EXTENSIONS_GALLERY: "{}" }, ...additions);
}

/** Nothing of the user reaches the extension: no ~/.ssh, no configuration, no ssh-agent. */
function freshHome(home) {
  const unset = [
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
    "SSH_AUTH_SOCK",
    "SSH_ASKPASS",
  ];
  return { HOME: home, ...Object.fromEntries(unset.map((name) => [name, undefined])) };
}

let listening = false;

/** An interrupt runs the "exit" handlers, which the default handling would not. */
function exitOnSignals() {
  if (listening) return;
  listening = true;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
}
