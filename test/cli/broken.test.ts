import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostReport } from "../../src/shared/gpu";
import { type Relay, startRelay } from "../ssh/relay";
import { type Sshd, startSshd, withoutSshd } from "../ssh/sshd";
import { hostsOf, type RunningCli, start } from "./cli";
import { gpuEnvironment, loginTo, scratch } from "./hosts";

describe.skipIf(withoutSshd)(`connections that break under --watch${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  const files = scratch();
  let server: Sshd;
  let relay: Relay;
  let config: string;

  beforeAll(async () => {
    server = await startSshd({ environment: gpuEnvironment(files.folder) });
    relay = await startRelay(server.port);
    const known = join(files.folder, "known_hosts");
    writeFileSync(known, `[127.0.0.1]:${relay.port} ${server.hostKeys[0]?.publicKey}\n`);
    config = files.config({
      good: loginTo(server),
      bad: loginTo(server, { Port: relay.port, UserKnownHostsFile: known }),
      // Given up sooner than others, and later than it is told how old its values are.
      hasty: loginTo(server, {
        Port: relay.port,
        UserKnownHostsFile: known,
        ServerAliveInterval: 3,
        ServerAliveCountMax: 3,
      }),
    });
  });
  afterAll(async () => {
    await relay.dispose();
    await server.dispose();
    await files.dispose();
  });

  /** Waits for a line, after those already looked at, whose hosts fit. */
  function watcher(cli: RunningCli) {
    let read = 0;
    return (fits: (bad: HostReport, good: HostReport) => boolean) =>
      cli.until((stdout) => {
        const lines = stdout.split("\n").slice(0, -1);
        while (read < lines.length) {
          const { good, hasty, bad = hasty } = hostsOf(lines[read++] ?? "");
          if (good && bad && fits(bad, good)) return true;
        }
        return false;
      });
  }

  it("a cut in mid-record is told as reconnecting, and the host comes back with its values", async () => {
    const cli = start(["gpus", "good", "bad", "--watch", "--json", "--interval", "0.1", "-F", config]);
    const line = watcher(cli);
    await line((bad) => (bad.gpus[0]?.utilizationPercent ?? 0) > 2 && bad.error === undefined);
    // A record is on its way every tenth of a second, in several packets.
    relay.cut();
    await line((bad, good) => bad.error?.reason === "connectionLost" && good.error === undefined);
    await line((bad) => bad.error === undefined && bad.gpus[0]?.utilizationPercent !== undefined);
    cli.child.kill("SIGINT");
    expect(await cli.ended).toMatchObject({ code: 0, stderr: "" });
  });

  it("a link that goes silent is told with the age of what is shown, then replaced; the other host goes on", async () => {
    const cli = start(["gpus", "good", "hasty", "--watch", "--json", "--interval", "0.2", "-F", config]);
    const line = watcher(cli);
    await line((bad) => (bad.gpus[0]?.utilizationPercent ?? 0) > 2 && bad.error === undefined);
    relay.freeze();
    let before: number | undefined;
    await line((bad, good) => {
      before = good.gpus[0]?.utilizationPercent;
      return bad.error?.reason === "silent" && bad.gpus.length === 2;
    });
    await line((bad, good) => bad.error?.reason === "connectionLost" && good.gpus[0]?.utilizationPercent !== before);
    await line((bad) => bad.error === undefined && bad.gpus[0]?.utilizationPercent !== undefined);
    cli.child.kill("SIGINT");
    expect(await cli.ended).toMatchObject({ code: 0, stderr: "" });
  });
});
