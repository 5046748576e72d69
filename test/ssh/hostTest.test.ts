import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HostTestStep, testHost } from "../../src/core/hostTest";
import { hostOf, noAbort, person, testClient } from "./client";
import { freePort, type Sshd, startSshd, withoutSshd, withoutUsers } from "./sshd";

const name = withoutSshd === undefined ? "" : ` (${withoutSshd})`;

describe.skipIf(withoutSshd)(`testing a host${name}`, () => {
  let server: Sshd;
  beforeAll(async () => {
    server = await startSshd({
      config: ["PubkeyAuthentication yes"],
      users: withoutUsers === undefined ? [{ shell: "/usr/sbin/nologin" }] : [],
    });
  });
  afterAll(() => server.dispose());

  const run = async (host: { name: string; configFile?: string }, answers: boolean[] = []) => {
    const client = testClient({ prompts: person(answers), timeoutMs: 30_000 });
    const steps: HostTestStep[] = [];
    const results = await testHost(client.connections, host, (step) => steps.push(step), noAbort);
    client.connections.dispose();
    return { steps, results, outcomes: results.map(({ outcome }) => outcome) };
  };

  it("says of each step that it works, and which GPU tool there is", async () => {
    const { steps, results, outcomes } = await run(hostOf(server));
    expect(outcomes.slice(0, 5)).toEqual(["works", "works", "works", "works", "works"]);
    expect(results.at(-1)).toMatchObject({ step: "GPU tool", outcome: expect.stringMatching(/^(works|missing)$/) });
    expect([...new Set(steps)]).toEqual(["name", "network", "host key", "log-in", "shell"]);
  });

  it("stops at the step that fails, with its reason in words", async () => {
    const nobody = await run({ name: `127.0.0.1:${await freePort()}` });
    expect(nobody.outcomes).toEqual(["works", "fails", "not tried", "not tried", "not tried", "not tried"]);
    expect(nobody.results[1]?.words).toMatch(/refused the connection/);
    const bad = await run({ name: "gpu1", configFile: "/no/such/config" });
    expect(bad.outcomes[0]).toBe("fails");
  });

  it("an unknown host key that is not trusted stops at that step", async () => {
    const { outcomes } = await run(hostOf(server, "stranger"), [false]);
    expect(outcomes.slice(0, 4)).toEqual(["works", "works", "fails", "not tried"]);
  });

  it.skipIf(withoutUsers)("an account without a shell gets as far as the log-in", async () => {
    const { outcomes } = await run(hostOf(server, "box0"));
    expect(outcomes).toEqual(["works", "works", "works", "works", "fails", "not tried"]);
  });
});
