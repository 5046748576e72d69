import { expect, test } from "vitest";
import { environmentSize } from "../../../src/core/environments/survey/environmentSize";
import type { Runner, StreamEnd, StreamSink } from "../../../src/core/remote";
import { createLocalRunner } from "../../mocks/localRunner";

/** A host on which measuring says and ends what the test wants. */
function slowHost() {
  const sinks: StreamSink[] = [];
  const disposed: string[] = [];
  const runner: Runner = {
    ...createLocalRunner(),
    stream: async (command, sink) => {
      sinks.push(sink);
      return { writeLine: () => {}, dispose: () => void disposed.push(command.what) };
    },
  };
  const end = (text: string, how: StreamEnd) => {
    sinks[0]?.data(Buffer.from(text));
    sinks[0]?.end(how);
  };
  return { runner, disposed, end };
}

test("measuring that is cancelled ends on the host as well", async () => {
  const { runner, disposed } = slowHost();
  const abort = new AbortController();
  const size = environmentSize(runner, "/p", abort.signal);
  abort.abort();
  await expect(size).rejects.toMatchObject({ problem: { reason: "cancelled" } });
  expect(disposed).toEqual(["measuring an environment"]);
});

test.each([
  ["1024\t.\n", 0, 1024 * 1024],
  ["0\t.\n", 0, 0],
])("%j is a size", async (text, exitCode, bytes) => {
  const { runner, end } = slowHost();
  const size = environmentSize(runner, "/p", new AbortController().signal);
  await Promise.resolve();
  end(text, { kind: "exit", exitCode });
  expect(await size).toBe(bytes);
});

test.each(["", "du: not found\n", "-1\t.\n", "9".repeat(30)])("%j is none", async (text) => {
  const { runner, end } = slowHost();
  const size = environmentSize(runner, "/p", new AbortController().signal);
  await Promise.resolve();
  end(text, { kind: "exit", exitCode: 0 });
  await expect(size).rejects.toMatchObject({ problem: { reason: "unreadable" } });
});

test("a connection that is lost meanwhile is told as that", async () => {
  const { runner, end, disposed } = slowHost();
  const size = environmentSize(runner, "/p", new AbortController().signal);
  await Promise.resolve();
  const error = new Error("gone");
  end("", { kind: "failure", error });
  await expect(size).rejects.toBe(error);
  expect(disposed).toHaveLength(1);
});
