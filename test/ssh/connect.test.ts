import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collector, command, echoScript, hostOf, noAbort, testClient } from "./client";
import { type Sshd, startSshd, withoutSshd } from "./sshd";

describe.skipIf(withoutSshd)(`a key file and a known host${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let server: Sshd;
  beforeAll(async () => {
    server = await startSshd();
  });
  afterAll(() => server.dispose());

  it("connects, runs commands and streams", async () => {
    const client = testClient();
    const lease = client.connections.acquire(hostOf(server));
    const runner = await lease.connected(noAbort);
    const answer = await runner.run(command(["printf", "%s|", "a b", "it's", "two\nlines", "ü"]), noAbort);
    expect(answer).toEqual({ stdout: "a b|it's|two\nlines|ü|", stderr: "", exitCode: 0 });

    const sink = collector();
    const parameters = ["one", "two words"];
    const stream = await runner.stream(
      { what: "echo", script: echoScript, parameters, deadlineMs: 30_000 },
      sink,
      noAbort,
    );
    stream.writeLine("hello");
    await sink.says("line <hello>");
    expect(sink.text()).toBe("parameter <one>\nparameter <two words>\nline <hello>\n");
    stream.dispose();
    client.connections.dispose();
  });
});
