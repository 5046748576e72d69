import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort, type Sshd, startSshd, withoutSshd } from "../ssh/sshd";
import { complaint, tensorline } from "./cli";
import { gpuEnvironment, loginTo, scratch } from "./hosts";

interface Diagnosis {
  readonly host: string;
  readonly checks: readonly { name: string; status: string; message: string }[];
}

describe.skipIf(withoutSshd)(`tensorline doctor${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  const files = scratch();
  let good: Sshd;
  let bad: Sshd;
  let config: string;

  beforeAll(async () => {
    good = await startSshd({ environment: gpuEnvironment(files.folder) });
    bad = await startSshd({ environment: gpuEnvironment(files.folder, { FAKE_MODE: "mismatch" }) });
    config = files.config({
      good: loginTo(good),
      bad: loginTo(bad),
      far: loginTo(good, { Port: await freePort() }),
    });
  });
  afterAll(async () => {
    await good.dispose();
    await bad.dispose();
    await files.dispose();
  });

  it("finds a healthy host healthy", async () => {
    const { code, stdout, stderr } = await tensorline(["doctor", "good", "-F", config]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^ok {7}connection: connected in \d+ ms$/);
    expect(lines).toContain("ok       GPU 0: NVIDIA H100 80GB HBM3");
    expect(lines).toContain("ok       GPU 1: NVIDIA H100 80GB HBM3");
    expect(stdout).not.toMatch(/^failed/m);
  });

  it("names the driver that does not match and what to do about it", async () => {
    const outcome = await tensorline(["doctor", "bad", "--json", "-F", config]);
    expect(outcome.code).toBe(1);
    const { host, checks }: Diagnosis = JSON.parse(outcome.stdout);
    expect(host).toBe("bad");
    expect(checks.map(({ name, status }) => `${name} ${status}`)).toEqual(
      expect.arrayContaining(["connection ok", "host ok", "GPU tools failed"]),
    );
    expect(complaint(outcome)).toMatch(/different versions.*Restart the host/);
  });

  it("stops at a host that cannot be reached", async () => {
    const outcome = await tensorline(["doctor", "far", "--json", "-F", config]);
    expect(outcome.code).toBe(1);
    const { checks }: Diagnosis = JSON.parse(outcome.stdout);
    expect(checks).toEqual([{ name: "connection", status: "failed", message: complaint(outcome) }]);
  });
});
