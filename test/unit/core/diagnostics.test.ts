import { expect, it } from "vitest";
import { diagnosticsText, redact } from "../../../src/core/diagnostics";

const secret = { hosts: ["gpu", "gpu.example.org"], users: ["alice"], home: "/home/alice" };

it("removes hosts, users, addresses, GPU identities and the home folder", () => {
  const text = redact(
    "connecting to gpu.example.org (10.1.2.3, fe80:1:2:3:4:5:6:7) as alice with /home/alice/.ssh/id, GPU-5e2b7a31-0000-1111-2222-333344445555",
    secret,
  );
  expect(text).toBe("connecting to host2 (address, address) as user1 with ~/.ssh/id, GPU-uuid");
});

it("keeps what a maintainer needs", () => {
  const text = diagnosticsText(
    {
      versions: { Tensorline: "0.1.0" },
      hosts: [{ name: "gpu", state: "connected", tools: "8 GPUs, driver 580.105.08" }],
      figures: { "sample to paint": "p50 9 ms" },
      log: ["2026-11-22T08:00:00.000Z warn gpu: toolHangs"],
    },
    secret,
  );
  expect(text).toContain("Tensorline: 0.1.0");
  expect(text).toContain("host1: connected; 8 GPUs, driver 580.105.08");
  expect(text).toContain("warn host1: toolHangs");
});
