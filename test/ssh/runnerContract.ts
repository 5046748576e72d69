import { createServer, type Server } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Runner, StreamCommand } from "../../src/core/remote";
import { gone } from "../processes";
import { collector, command, echoScript, noAbort } from "./client";
import { startRelay } from "./relay";
import { freePort, type Sshd, startSshd } from "./sshd";

/** How a transport makes a runner for an alias of a server's config. */
export interface TransportUnderTest {
  /** A fresh connection to port `port` of 127.0.0.1, which leads to `server`. */
  connect(server: Sshd, port: number): Promise<{ runner: Runner; close(): void }>;
}

/** A script that copies its standard input to its standard output, and says on standard error that it has. */
const catScript = `{ printf '\\036tensorline ready\\037'; IFS= read -r count || exit; cat; echo copied >&2; exit 3; }`;

function script(text: string, parameters: readonly string[] = []): StreamCommand {
  return { what: "testing", script: text, parameters, deadlineMs: 30_000 };
}

/** What every transport must do for the lanes, by capability. The server is a real sshd. */
export function runnerContract(name: string, { connect }: TransportUnderTest): void {
  describe(name, () => {
    let server: Sshd;
    let runner: Runner;
    let close = () => {};
    beforeAll(async () => {
      server = await startSshd();
      ({ runner, close } = await connect(server, server.port));
    });
    afterAll(async () => {
      close();
      await server.dispose();
    });

    describe("run", () => {
      it("keeps exit codes, both outputs and standard input apart", async () => {
        const text = "printf out; printf err >&2; cat; exit 3";
        const answer = await runner.run(command(["sh", "-c", text], { stdin: "given\n'text'" }), noAbort);
        expect(answer).toEqual({ stdout: "outgiven\n'text'", stderr: "err", exitCode: 3 });
      });

      it("passes hostile words through unchanged", async () => {
        const words = ["$(id)", "`id`", "a\nb\n", "'\n'", "\\", "*", "!x", "%s", "-n", "", "\u001eend\u001f", "ü\t€"];
        const answer = await runner.run(command(["printf", "[%s]", ...words]), noAbort);
        expect(answer.stdout).toBe(words.map((word) => `[${word}]`).join(""));
      });

      it("takes a big answer, refuses a longer one, and goes on", async () => {
        const big = await runner.run(command(["sh", "-c", "head -c 1048576 /dev/zero | tr '\\0' x"]), noAbort);
        expect(big.stdout).toHaveLength(1024 * 1024);
        const tooBig = runner.run(command(["sh", "-c", "head -c 5000000 /dev/zero"]), noAbort);
        await expect(tooBig).rejects.toMatchObject({ problem: { reason: "answerTooLarge" } });
        expect((await runner.run(command(["echo", "on"]), noAbort)).stdout).toBe("on\n");
      });

      it("gives up at the deadline and when aborted, and goes on", async () => {
        const late = runner.run(command(["sleep", "300"], { deadlineMs: 300 }), noAbort);
        await expect(late).rejects.toMatchObject({ problem: { reason: "deadline" } });
        const abort = new AbortController();
        const aborted = runner.run(command(["sleep", "300"]), abort.signal);
        abort.abort();
        await expect(aborted).rejects.toMatchObject({ problem: { reason: "cancelled" } });
        expect((await runner.run(command(["echo", "on"]), noAbort)).stdout).toBe("on\n");
      });
    });

    describe("stream", () => {
      it("gives parameters and lines to the script, and its exit code back after the last byte", async () => {
        const sink = collector();
        const text =
          "{ printf '\\036tensorline ready\\037'; read -r n; read -r w; read -r l; printf '%s %s' \"$w\" \"$l\"; exit 5; }";
        const stream = await runner.stream(script(text, ["two words"]), sink, noAbort);
        stream.writeLine("and a line");
        expect(await sink.ended).toEqual({ kind: "exit", exitCode: 5 });
        expect(sink.text()).toBe("two words and a line");
      });

      it("kills what the script started when it is disposed", async () => {
        const sink = collector();
        const text = "{ printf '\\036tensorline ready\\037'; read -r n; sleep 300 & echo \"$! \"; wait; exit; }";
        const stream = await runner.stream(script(text), sink, noAbort);
        await sink.says(" \n");
        stream.dispose();
        expect(await sink.ended).toMatchObject({ kind: "failure", error: { problem: { reason: "cancelled" } } });
        await gone(Number(sink.text().trim()));
      });

      it("runs beside others and beside commands", async () => {
        const sinks = [collector(), collector(), collector()];
        const streams = await Promise.all(sinks.map((sink) => runner.stream(script(echoScript), sink, noAbort)));
        expect(runner.capabilities.parallel).toBe(true);
        streams.forEach((stream, index) => {
          stream.writeLine(`number ${index}`);
        });
        expect((await runner.run(command(["echo", "beside"]), noAbort)).stdout).toBe("beside\n");
        await Promise.all(sinks.map((sink, index) => sink.says(`line <number ${index}>\n`)));
        for (const stream of streams) stream.dispose();
      });
    });

    describe("pipe", () => {
      it("carries every byte both ways, the end of input, and the exit code", async () => {
        const pipe = await runner.pipe(script(catScript), noAbort);
        const size = 3_000_000;
        const bytes = Buffer.alloc(
          size,
          Uint8Array.from({ length: 251 }, (_, index) => index),
        );
        const errors = textOf(pipe.errors);
        pipe.input.end(bytes);
        const back = await readAll(pipe.output);
        expect(await pipe.ended).toEqual({ kind: "exit", exitCode: 3 });
        expect(back.equals(bytes)).toBe(true);
        expect(await errors).toBe("copied\n");
      });

      it("stops sending while nobody reads", async () => {
        const pipe = await runner.pipe(
          script("{ printf '\\036tensorline ready\\037'; read -r n; cat /dev/zero; exit; }"),
          noAbort,
        );
        pipe.errors.resume();
        // Nothing is read here: what the transport holds for us must not grow without end.
        expect((await runner.run(command(["sleep", "0.3"]), noAbort)).exitCode).toBe(0);
        expect(pipe.output.readableLength).toBeLessThan(8 * 1024 * 1024);
        pipe.dispose();
        expect(await pipe.ended).toMatchObject({ kind: "failure", error: { problem: { reason: "cancelled" } } });
      });

      it("does not take more input than the script reads", async () => {
        const pipe = await runner.pipe(
          script("{ printf '\\036tensorline ready\\037'; read -r n; sleep 300; exit; }"),
          noAbort,
        );
        pipe.errors.resume();
        pipe.output.resume();
        let taken = 0;
        const part = Buffer.alloc(1024 * 1024);
        while (taken < 64 && pipe.input.write(part)) taken++;
        expect(taken).toBeLessThan(64);
        pipe.dispose();
        await pipe.ended;
      });

      it("ends by itself when the input does", async () => {
        const pipe = await runner.pipe(script(catScript), noAbort);
        pipe.errors.resume();
        pipe.input.end();
        expect(await readAll(pipe.output)).toHaveLength(0);
        expect(await pipe.ended).toEqual({ kind: "exit", exitCode: 3 });
      });
    });

    describe("dial", () => {
      let echo: Server;
      let echoPort = 0;
      beforeAll(async () => {
        echo = createServer((socket) => void socket.on("error", () => {}).pipe(socket));
        await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
        const address = echo.address();
        echoPort = typeof address === "object" && address ? address.port : 0;
      });
      afterAll(() => void echo.close());

      it("connects from the host and carries bytes both ways", async () => {
        const socket = await runner.dial({ host: "127.0.0.1", port: echoPort }, noAbort);
        const bytes = Buffer.alloc(500_000, "echo");
        socket.end(bytes);
        expect((await readAll(socket)).equals(bytes)).toBe(true);
      });

      it("says that nothing answers there", async () => {
        const port = await freePort();
        await expect(runner.dial({ host: "127.0.0.1", port }, noAbort)).rejects.toMatchObject({
          problem: { reason: "forwardRefused" },
        });
        expect(runner.capabilities.forward).toBe(true);
      });

      it("says that the server forbids it, and lacks only this from then on", async () => {
        const strict = await startSshd({ config: ["AllowTcpForwarding no"] });
        const other = await connect(strict, strict.port);
        await expect(other.runner.dial({ host: "127.0.0.1", port: echoPort }, noAbort)).rejects.toMatchObject({
          problem: { reason: "forwardProhibited" },
        });
        expect(other.runner.capabilities.forward).toBe(false);
        expect((await other.runner.run(command(["echo", "on"]), noAbort)).stdout).toBe("on\n");
        other.close();
        await strict.dispose();
      });
    });

    it("opens a terminal of the right size, resizes it, and gives its exit code", async () => {
      if (!runner.capabilities.pty) return await expectNoTerminal(runner);
      const sink = collector();
      const terminal = await runner.terminal({ columns: 91, rows: 23 }, sink, noAbort);
      terminal.write("stty size; echo $TERM; echo schön\n");
      await sink.says("23 91");
      await sink.says("xterm-256color");
      await sink.says("schön");
      terminal.resize({ columns: 40, rows: 10 });
      terminal.write("stty size\n");
      await sink.says("10 40");
      // More than any transport lets the host send ahead.
      terminal.hold(true);
      terminal.write("head -c 2500000 /dev/zero | tr '\\0' y\n");
      terminal.hold(false);
      await sink.says("y".repeat(2_500_000));
      terminal.write("exit 4\n");
      expect(await sink.ended).toEqual({ kind: "exit", exitCode: 4 });
    });

    it("tells everything that is under way when the connection is lost", async () => {
      const relay = await startRelay(server.port);
      const { runner, close } = await connect(server, relay.port);
      const sink = collector();
      await runner.stream(script(echoScript), sink, noAbort);
      const pipe = await runner.pipe(script(catScript), noAbort);
      pipe.errors.resume();
      pipe.output.resume();
      const started = collector();
      const file = join(server.folder, `${name.replaceAll(/\W/g, "")}.started`);
      const running = runner.run(command(["sh", "-c", 'echo >"$1"; exec sleep 300', "sh", file]), noAbort);
      running.catch(() => {});
      const waiting =
        "{ printf '\\036tensorline ready\\037'; read -r n; read -r f; until [ -e \"$f\" ]; do :; done; exit; }";
      await runner.stream(script(waiting, [file]), started, noAbort);
      await started.ended;
      relay.cut();
      const lost = { problem: { reason: "connectionLost" } };
      await expect(running).rejects.toMatchObject(lost);
      expect(await sink.ended).toMatchObject({ kind: "failure", error: lost });
      expect(await pipe.ended).toMatchObject({ kind: "failure", error: lost });
      close();
      await relay.dispose();
    });
  });
}

async function expectNoTerminal(runner: Runner): Promise<void> {
  await expect(runner.terminal({ columns: 80, rows: 24 }, collector(), noAbort)).rejects.toMatchObject({
    problem: { reason: "terminalUnavailable" },
  });
}

async function readAll(stream: Duplex | NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
