import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Client } from "ssh2";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Fleet, startFleet } from "../../src/demo/fleet";
import { isRunning, until } from "../processes";
import { connect, open, outcome, readUntil, run, text } from "./remote";

let fleet: Fleet;
let lab: Client;

beforeAll(async () => {
  fleet = await startFleet({ seed: 5 });
  lab = await connect(fleet, "lab1");
});

afterAll(() => {
  lab.end();
  fleet.dispose();
});

describe("an SSH session of the demo fleet behaves as with sshd", () => {
  test("separate output streams, exit status, standard input", async () => {
    expect(await run(lab, "echo out; echo err >&2; exit 7")).toMatchObject({
      stdout: Buffer.from("out\n"),
      stderr: "err\n",
      code: 7,
    });
    const channel = await open(lab, "cat; echo end");
    channel.end("given\n");
    expect((await outcome(channel)).stdout.toString()).toBe("given\nend\n");
  });

  test("a command that a signal ended says so", async () => {
    expect(await run(lab, "kill -TERM $$")).toMatchObject({ code: undefined, signal: "SIGTERM" });
    expect(await run(lab, "kill -BUS $$")).toMatchObject({ code: undefined, signal: "SIGKILL" });
  });

  test("a signal request reaches the whole process group", async () => {
    const channel = await open(lab, "trap 'exit 9' USR1; echo up; while :; do sleep 0.05; done");
    await readUntil(channel, (read) => read.includes("up"));
    const ended = outcome(channel);
    channel.signal("USR1");
    expect((await ended).code).toBe(9);
  });

  test("all of a large output arrives before the end", async () => {
    const { stdout, code } = await run(lab, "dd if=/dev/zero bs=65536 count=80 2>/dev/null");
    expect([stdout.length, code]).toEqual([65536 * 80, 0]);
  });

  test("closing the channel kills what runs in it", async () => {
    const channel = await open(lab, "echo $$; exec sleep 1000");
    const pid = Number(await readUntil(channel, (read) => read.endsWith("\n")));
    channel.close();
    await run(
      lab,
      `while kill -0 ${pid} 2>/dev/null; do case $(cat /proc/${pid}/stat 2>/dev/null) in *") Z "*) break;; esac; done`,
    );
  });

  test("more than ten sessions at once are refused, as sshd does by default, and free again after", async () => {
    const channels = [];
    for (let number = 0; number < 10; number += 1) channels.push(await open(lab, "cat"));
    await expect(open(lab, "true")).rejects.toThrow();
    const ends = channels.map(outcome);
    for (const channel of channels) channel.end();
    await Promise.all(ends);
    expect((await run(lab, "true")).code).toBe(0);
  });

  test("another user or key is refused", async () => {
    await expect(connect(fleet, "lab1", "root")).rejects.toThrow(/authentication/i);
  });

  test("a shell has a terminal of the size that was asked for, and follows a change", async () => {
    const channel = await new Promise<Awaited<ReturnType<typeof open>>>((resolve, reject) => {
      lab.shell({ rows: 33, cols: 101 }, (error, opened) => (error ? reject(error) : resolve(opened)));
    });
    const greeted = readUntil(channel, (read) => read.includes("simulated") && read.includes("alice@lab1"));
    await greeted;
    channel.write("stty size\n");
    await readUntil(channel, (read) => read.includes("33 101"));
    channel.setWindow(40, 90, 0, 0);
    channel.setWindow(44, 120, 0, 0);
    channel.write("while [ \"$(stty size)\" != '44 120' ]; do :; done; echo resi''zed\n");
    await readUntil(channel, (read) => read.includes("resized"));
    const ended = outcome(channel);
    channel.write("exit 3\n");
    expect((await ended).code).toBe(3);
  });
});

describe("each host is a machine of its own", () => {
  test("users, names and disks are the host's", async () => {
    expect(await text(lab, "id -u; id -un; hostname; uname -sr; nproc")).toBe(
      "2001\nalice\nlab1\nLinux 5.15.0-161-generic\n112\n",
    );
    expect(await text(lab, "getent passwd 2002")).toBe("bob:x:2002:2002:bob:/home/bob:/bin/bash\n");
    expect(await text(lab, "df -P -k /tmp | tail -1")).toMatch(/^\/dev\/nvme1n1p1 +\d+ +\d+ +\d+ +\d+% \/tmp\n$/);
    expect(await text(lab, '. "$HOST_ETC/os-release"; echo "$ID $VERSION_ID"')).toBe("ubuntu 22.04\n");
  });

  test("a host without GPUs has no GPU tool, whatever this computer has", async () => {
    const login = await connect(fleet, "login");
    for (const tool of ["nvidia-smi", "rocm-smi", "amd-smi", "PATH=$PATH:/usr/bin; nvidia-smi"]) {
      expect((await run(login, tool)).code).toBe(127);
    }
    expect(await text(login, 'find "$HOST_SYS" -name "card*" -o -path "*/pci/*"')).toBe("");
    login.end();
  });

  test("the counters of /proc grow and agree with each other", async () => {
    const [before = "", later = ""] = (
      await text(
        lab,
        'cat "$HOST_PROC/stat"; echo --; while cmp -s "$HOST_PROC/stat" "$HOME/old" || ! cp "$HOST_PROC/stat" "$HOME/old" || [ ! "$seen" ]; do cmp -s "$HOST_PROC/stat" "$HOME/old" && seen=1; done; cat "$HOST_PROC/stat"',
      )
    ).split("--\n");
    const ticks = (stat: string) => stat.split("\n")[0]?.split(/ +/).slice(1).map(Number) ?? [];
    expect(ticks(before).length).toBe(10);
    ticks(later).forEach((value, column) => {
      expect(value).toBeGreaterThanOrEqual(ticks(before)[column] ?? Number.NaN);
    });
  });
});

describe("GPU processes are real and belong to somebody", () => {
  test("killing one frees its memory, and nobody else is hit", async () => {
    const pids = (await text(lab, "nvidia-smi --query-compute-apps=pid --format=csv,noheader")).trim().split("\n");
    const pid = pids[0] ?? "";
    const entry = `"$HOST_PROC/${pid}"`;
    expect(await text(lab, `grep ^Uid: ${entry}/status`)).toBe("Uid:\t2001\t2001\t2001\t2001\n");
    expect(await text(lab, `tr '\\0' '\\n' <${entry}/cmdline | sed -n 2p`)).toMatch(/\.py\n$/);
    await run(lab, `kill ${pid}; while test -d ${entry}; do :; done`);
    expect(await text(lab, "nvidia-smi -i 0 --query-gpu=memory.used --format=csv,noheader,nounits")).toBe("0\n");
    const rest = await text(lab, "nvidia-smi --query-compute-apps=pid --format=csv,noheader");
    expect(rest.trim().split("\n")).toEqual(pids.slice(1));
  });
});

test("a GPU tool that this computer has is hidden from hosts without it, even beyond the PATH", async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "tensorline-test-"));
  writeFileSync(join(elsewhere, "nvidia-smi"), "#!/bin/sh\necho real\n", { mode: 0o755 });
  vi.stubEnv("PATH", `${elsewhere}:${process.env.PATH}`);
  const other = await startFleet();
  const [login, mi300] = await Promise.all([connect(other, "login"), connect(other, "mi300")]);
  for (const client of [login, mi300]) {
    expect(await run(client, `PATH=$PATH:${elsewhere}; nvidia-smi`)).toMatchObject({
      stdout: Buffer.alloc(0),
      code: 127,
    });
    client.end();
  }
  other.dispose();
  vi.unstubAllEnvs();
  rmSync(elsewhere, { recursive: true });
});

test("the fleet's folder is private and gone afterwards, with every process", async () => {
  const other = await startFleet();
  const folder = dirname(other.configFile);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const client = await connect(other, "rtx");
  const [pid = ""] = (await text(client, "nvidia-smi --query-compute-apps=pid --format=csv,noheader")).split("\n");
  const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
  client.removeAllListeners("error").on("error", () => undefined);
  other.dispose();
  await closed;
  expect(existsSync(folder)).toBe(false);
  await until(() => !isRunning(Number(pid)));
});
