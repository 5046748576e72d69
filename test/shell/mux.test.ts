/// <reference path="../../src/ssh/text.d.ts" />
import { createHash, randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hear, runOn, says, startMuxHost, toolFolder } from "./muxHost";
import { some, until } from "./operationHost";
import { shells } from "./probeHost";

type MuxHost = Awaited<ReturnType<typeof startMuxHost>>;

const named = shells.map((shell) => ({ name: shell[0], shell }));

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const sha = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Resolves once nothing is left, which only looking tells; what is left for too long is told. */
async function gone(left: () => readonly string[]): Promise<void> {
  await until(() => left().length === 0).catch(() => expect(left()).toEqual([]));
}

/** Resolves once nothing of the mux runs any more. */
const allGone = (host: MuxHost): Promise<void> => gone(host.processes);

for (const { shell } of some(named, "bash", "busybox")) {
  describe(`the mux script under ${shell.join(" ")}`, () => {
    let host: MuxHost;
    beforeEach(async () => {
      host = await startMuxHost({ shell });
    });
    afterEach(() => host.dispose());

    it("runs command lines with their outputs, input and exit codes apart", async () => {
      const command = 'printf out; printf err >&2; cat; printf "[%s]" "$TENSORLINE_MARK"; exit 3';
      const heard = await runOn(host.link, command, "in\nput without an end");
      expect(heard.output.toString()).toMatch(/^outin\nput without an end\[mux-.*\]$/);
      expect(heard.errors.toString()).toBe("err");
      expect(heard.exitCode).toBe(3);
      expect((await runOn(host.link, "exit 0")).exitCode).toBe(0);
      expect((await runOn(host.link, "no-such-tool-here")).exitCode).toBe(127);
      expect((await runOn(host.link, "printf '%s\\n' '\\n  x  ' ' '")).output.toString()).toBe("\\n  x  \n \n");
    });

    it("carries every byte both ways, in text and in bulk", async () => {
      const spaces = Buffer.from("  two spaces \n\t \n  ");
      for (const input of [everyByte, spaces, Buffer.concat([everyByte, randomBytes(70_000)])]) {
        const heard = await runOn(host.link, "cat; cat >&2", input);
        expect(heard.output.equals(input)).toBe(true);
      }
    });

    it("carries a megabyte out, and one in", async () => {
      const bytes = randomBytes(1024 * 1024);
      const heard = await runOn(host.link, "cat", bytes);
      expect(sha(heard.output)).toBe(sha(bytes));
      const noise = await runOn(host.link, "head -c 1048576 /dev/urandom | tee /dev/stderr");
      expect(noise.output.length).toBe(1024 * 1024);
      expect(noise.errors.equals(noise.output)).toBe(true);
    });

    it("runs twenty channels at once, none of them mixed up", async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const script = `i=0; while [ $i -lt 40 ]; do echo ${index} $i; i=$((i + 1)); done; cat; exit ${index}`;
          return runOn(host.link, script, `end of ${index}`);
        }),
      );
      for (const [index, { output, exitCode }] of answers.entries()) {
        const lines = Array.from({ length: 40 }, (_line, i) => `${index} ${i}\n`).join("");
        expect(output.toString()).toBe(`${lines}end of ${index}`);
        expect(exitCode).toBe(index);
      }
      expect(host.link.openChannels()).toBe(0);
    });

    it("brings each line as soon as it is there", async () => {
      const channel = await host.link.exec("while read -r line; do printf 'got %s\\036' \"$line\"; done");
      const heard = hear(channel);
      for (const word of ["one", "two", "three"]) {
        // The next line is only sent when the answer to this one is there.
        const answer = says(channel, `got ${word}\u001e`);
        channel.write(`${word}\n`);
        await answer;
      }
      channel.end();
      expect((await heard).exitCode).toBe(0);
    });

    it("lets a channel that nobody reads stand still, and no other", async () => {
      const flood = await host.link.exec("cat /dev/zero");
      const deaf = await host.link.exec("sleep 300");
      deaf.write(randomBytes(1024 * 1024));
      expect((await runOn(host.link, "echo beside")).output.toString()).toBe("beside\n");
      const heard = [hear(flood), hear(deaf)];
      flood.signal("KILL");
      deaf.signal("KILL");
      expect((await Promise.all(heard)).map(({ signal }) => signal)).toEqual(["SIGKILL", "SIGKILL"]);
    });

    it("kills a program and all that it started", async () => {
      const channel = await host.link.exec("sleep 301 & exec sleep 302");
      const heard = hear(channel);
      const sleepers = () => host.processes().filter((line) => line.startsWith("sleep 30")).length;
      await until(() => sleepers() === 2);
      channel.signal("KILL");
      expect(await heard).toMatchObject({ exitCode: null, signal: "SIGKILL" });
      await until(() => sleepers() === 0);
    });

    it("kills a program that has hardly begun", async () => {
      for (let round = 0; round < 10; round++) {
        const channel = await host.link.exec("exec sleep 309");
        const heard = hear(channel);
        channel.signal("KILL");
        expect((await heard).signal).toBe("SIGKILL");
      }
    });

    it("gives programs the umask and the signals that the login had", async () => {
      const mask = process.umask().toString(8).padStart(4, "0");
      expect((await runOn(host.link, "umask")).output.toString().trim()).toBe(mask);
      const signals = await runOn(
        host.link,
        "while read -r key bits; do [ $key = SigIgn: ] && echo $bits; done </proc/self/status",
      );
      expect(Number.parseInt(signals.output.toString(), 16) & 0x3fff).toBe(0);
    });

    it("leaves no file of a channel, whoever ended it, and of itself neither process nor file", async () => {
      await runOn(host.link, "cat", "some");
      for (let round = 0; round < 10; round++) (await host.link.exec("trap '' HUP; cat /dev/zero")).close();
      await gone(() => host.files().filter((file) => /^\d/.test(file)));
      // What was killed goes a moment later.
      await gone(() => host.processes().filter((line) => line.startsWith("cat ")));
      const idle = await host.link.exec("sleep 303");
      const flood = await host.link.exec("cat /dev/zero");
      hear(idle);
      host.link.close();
      await host.ended;
      await allGone(host);
      expect(host.files()).toEqual([]);
      expect(flood.listenerCount("close")).toBe(0);
    });

    it("ends with all that it runs when it is hung up", async () => {
      const channel = await host.link.exec("exec sleep 304");
      const heard = hear(channel);
      process.kill(host.child.pid ?? 0, "SIGHUP");
      expect(await heard).toMatchObject({ exitCode: undefined });
      await allGone(host);
      expect(host.files()).toEqual([]);
    });

    it("ends with all that it runs when the client is frozen, and when it vanishes in the middle of a line", async () => {
      const frozen = await startMuxHost({ shell, silenceSeconds: 3 });
      hear(await frozen.link.exec("exec sleep 305"));
      await frozen.ended;
      await allGone(frozen);
      expect(frozen.files()).toEqual([]);
      await frozen.dispose();
      hear(await host.link.exec("exec sleep 306"));
      const flood = await host.link.exec("cat /dev/zero");
      host.child.stdin.write("text 1 half a li");
      host.child.stdin.destroy();
      host.child.stdout.destroy();
      await allGone(host);
      expect(host.files()).toEqual([]);
      flood.close();
    });
  });
}

describe("the folder for short-lived files", () => {
  it("is the next one where the first cannot be written", async () => {
    const host = await startMuxHost({ shell: shells[0] ?? ["sh"], runtimeFolder: "/proc" });
    expect((await runOn(host.link, "cat", everyByte)).output.equals(everyByte)).toBe(true);
    expect(host.files()).toEqual([]);
    await host.dispose();
  });
});

const withoutBusyBox = shells.some(([name]) => name === "busybox") ? undefined : "no busybox on this machine";

describe.skipIf(withoutBusyBox)(`other tools for the mux${withoutBusyBox ? `: ${withoutBusyBox}` : ""}`, () => {
  const tools: string[] = [];
  afterEach(() => {
    for (const folder of tools.splice(0)) rmSync(folder, { recursive: true });
  });

  for (const kind of ["busybox", "scarce"] as const) {
    it(`carries bytes and ends with all that it runs, with ${kind} tools`, async () => {
      const path = toolFolder(kind);
      tools.push(path);
      const host = await startMuxHost({ shell: [join(path, "sh")], path });
      const bytes = Buffer.concat([everyByte, randomBytes(50_000)]);
      const heard = await runOn(host.link, "cat", bytes);
      expect(heard.output.equals(bytes)).toBe(true);
      const killed = await host.link.exec("exec sleep 307");
      const end = hear(killed);
      killed.signal("KILL");
      expect(await end).toMatchObject({ signal: "SIGKILL" });
      hear(await host.link.exec("exec sleep 308"));
      host.link.close();
      await host.ended;
      await allGone(host);
      expect(host.files()).toEqual([]);
      await host.dispose();
    });
  }
});
