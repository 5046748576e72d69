import { describe, expect, it } from "vitest";
import { gpuMachine, modeOf, uuidOf } from "./gpuTicketHost";
import { testShells, until } from "./operationHost";

describe.each(testShells)("GPUs for a job, with $name", (shell) => {
  it("that are idle are given after three looks, and kept until the job ends", async () => {
    const machine = gpuMachine();
    const job = machine.start(shell, "any 1 0 1");
    expect(await job.says(/granted/)).toBe(
      `gpus granted 0:${uuidOf(0)} -- CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES=${uuidOf(0)}`,
    );
    expect(machine.looks()).toBe(3);
    expect(machine.live()).toHaveLength(1);
    expect(modeOf(machine.tickets)).toBe("1777");
    await job.end();
    await until(() => machine.live().length === 0);
    expect(machine.looks()).toBe(3);
  });
});
