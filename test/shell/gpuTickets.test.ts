import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { columnsOf, readGpuRow } from "../../src/core/gpu/vendors/nvidia/rows";
import { ticketsCommand } from "../../src/core/jobs/gpus/tickets";
import type { GpuReport } from "../../src/shared/gpu";
import { isFree } from "../../src/shared/gpuUse";
import { createLocalRunner } from "../mocks/localRunner";
import { type FakeGpu, gpuMachine, modeOf, uuidOf } from "./gpuTicketHost";
import { noAbort, someShells, until } from "./operationHost";

const cuda = "CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES=";
const nowSeconds = () => Math.floor(Date.now() / 1000);

/** Readings around every limit of the rule, with what the tool prints where it knows nothing. */
const limits: readonly FakeGpu[] = [
  ...[0, 1023, 1024, 1025, 1999, 2000, 2001].map((used) => ({ used, total: 100_000 })),
  ...[479, 480, 1023, 1024].map((used) => ({ used, total: 24_000 })),
  ...[0, 4, 5, 6, 100, "[N/A]", "[Not Supported]"].map((busy) => ({ busy })),
  ...["[N/A]", "[Not Supported]", "[Unknown Error]", "[GPU is lost]"].map((used) => ({ used })),
  { pids: [] },
  { used: 300, pids: [4711] },
];

function asClientSees(gpus: readonly FakeGpu[]): GpuReport {
  const columns = columnsOf(["index", "memory.used", "memory.total", "utilization.gpu"]);
  return {
    gpus: gpus.flatMap(({ used = 0, total = 81_559, busy = 0 }, at) => {
      const row = readGpuRow(columns, [at, used, total, busy].map(String));
      return row ? [row.reading(at).gpu] : [];
    }),
    processes: gpus.flatMap(({ pids = [] }, gpuIndex) => pids.map((pid) => ({ pid, gpuIndex }))),
    warnings: [],
  };
}

describe.each(someShells("bash", "zsh"))("GPUs for a job, with $name", (shell) => {
  it("that are idle are given after three looks, and kept until the job ends", async () => {
    const machine = gpuMachine();
    const job = machine.start(shell, "any 1 0 1");
    expect(await job.says(/granted/)).toBe(`gpus granted 0:${uuidOf(0)} -- ${cuda}${uuidOf(0)}`);
    expect(machine.looks()).toBe(3);
    const [ticket = ""] = machine.live();
    expect(ticket).toMatch(/^1-\d{10}-\d{9}-[0-9a-f]{8}-\d+-any-1-0$/);
    expect(modeOf(machine.tickets)).toBe("1777");
    expect(readFileSync(join(machine.tickets, ticket), "utf8")).toMatch(
      new RegExp(`^1 holding machine1 ${job.id} \\d{10} 0:${uuidOf(0)} 1:${uuidOf(1)}:n:81559\n$`),
    );
    // It is touched, and nobody looks at GPUs any more.
    const file = join(machine.tickets, ticket);
    utimesSync(file, nowSeconds() - 60, nowSeconds() - 60);
    await until(() => statSync(file).mtimeMs > Date.now() - 30_000);
    await job.end();
    await until(() => machine.live().length === 0);
    expect(machine.looks()).toBe(3);
  });

  it("are waited for while others compute on them, which is told with their names", async () => {
    const machine = gpuMachine();
    machine.addUser("alice", 1001);
    machine.addUser("bob", 1002);
    machine.addProcess(501, 1001);
    machine.addProcess(502, 1002);
    machine.addProcess(503, 1001);
    machine.show([
      { used: 67_000, busy: 97, pids: [501, 502, 503] },
      { used: 500, pids: [502] },
      { used: 2000 },
      { busy: 5 },
    ]);
    const job = machine.start(shell, "any 2 0 1");
    expect(await job.says(/waiting/)).toBe(
      "gpus waiting 0 GPU 0: alice, bob, 70 GB; GPU 1: bob, 1 GB; GPU 2: 2 GB; GPU 3: 0 GB",
    );
    machine.show([{ used: 67_000, pids: [501] }, {}, {}, { busy: 5 }]);
    expect(await job.says(/granted/)).toBe(
      `gpus granted 1:${uuidOf(1)} 2:${uuidOf(2)} -- ${cuda}${uuidOf(1)},${uuidOf(2)}`,
    );
  });

  it("are idle by the same rule as in the panels", async () => {
    const machine = gpuMachine();
    machine.show(limits);
    const report = asClientSees(limits);
    const job = machine.start(shell, `any ${limits.length} 0 0`);
    const idle = [...(await job.says(/refused/)).matchAll(/GPU (\d+): idle so far/g)].map(([, index]) => Number(index));
    expect(idle).toEqual(report.gpus.filter((gpu) => isFree(gpu, report)).map(({ index }) => index));
    expect(idle.length).toBeGreaterThan(8);
  });

  it("and their tickets are what the client reads", async () => {
    const machine = gpuMachine();
    machine.show([{}, { used: 9000 }]);
    const holder = machine.start(shell, "any 1 0 1");
    await holder.says(/granted/);
    const waiter = machine.start(shell, "these 1 1");
    await waiter.says(/waiting .*GPU 1/);
    const runner = createLocalRunner({
      shell: [shell.sh],
      env: { PATH: shell.path, HOST_VAR: join(machine.folder, "var"), HOST_ETC: join(machine.folder, "etc") },
    });
    const tickets = await runner.run(ticketsCommand, noAbort);
    expect(tickets).toMatchObject([
      {
        job: holder.id,
        state: "holding",
        mine: true,
        user: "root",
        machine: "machine1",
        gpus: [{ index: 0, uuid: uuidOf(0) }],
      },
      { job: waiter.id, state: "waiting", count: 1, gpus: [] },
    ]);
    const none = createLocalRunner({ shell: [shell.sh], env: { PATH: shell.path, HOST_VAR: "/nowhere" } });
    expect(await none.run(ticketsCommand, noAbort)).toEqual([]);
  });

  it("are not given where one look in between finds them at work", async () => {
    const machine = gpuMachine();
    machine.showInTurn([[{ used: 2000 }], [{}], [{ busy: 50 }], [{}], [{}], [{}]]);
    const job = machine.start(shell, "any 1 0 1");
    await job.says(/granted/);
    expect(machine.looks()).toBe(6);
  });

  it("that cannot be read, are lost, barred, broken or divided are not given, nor those with too little memory", async () => {
    const machine = gpuMachine();
    const gpus = [
      { used: "[N/A]", total: "[N/A]" },
      { used: "[GPU is lost]", total: "[GPU is lost]", busy: "[GPU is lost]" },
      { mode: "Prohibited" },
      { action: "GPU Reset" },
      { mig: "Enabled" },
      { total: 24_000 },
    ];
    machine.show(gpus);
    const job = machine.start(shell, "any 1 40000 1");
    expect(await job.says(/waiting/)).toBe(
      "gpus waiting 0 GPU 0: cannot be read; GPU 1: cannot be read; GPU 2: set to do no computing; " +
        "GPU 3: needs a reset; GPU 5: only 25 GB free",
    );
    machine.show([...gpus, { busy: "[N/A]" }]);
    expect(await job.says(/granted/)).toContain(`granted 6:${uuidOf(6)} `);
  });

  it("of an old driver, or beside one that fell off the bus, are read all the same", async () => {
    const machine = gpuMachine();
    writeFileSync(
      join(machine.folder, "bin/nvidia-smi"),
      `#!/bin/sh
      case "$*" in
      *gpu_recovery_action*) echo 'Field "gpu_recovery_action" is not a valid field to query.'; exit 2 ;;
      *mig.mode*) echo 'Field "mig.mode.current" is not a valid field to query.'; exit 2 ;;
      *compute-apps*) exit 0 ;;
      *"-i 0000:1a:00.0,0000:1c:00.0"*) printf '0, 00000000:1A:00.0, 9, 24000, 0, Default, GPU-a\\n2, 00000000:1C:00.0, 9, 24000, 0, Default, GPU-c\\n' ;;
      *) echo 'Unable to determine the device handle for GPU1: 0000:1B:00.0: GPU is lost.  Reboot the system to recover this GPU'; exit 15 ;;
      esac\n`,
    );
    for (const address of ["0000:1a:00.0", "0000:1b:00.0", "0000:1c:00.0"])
      mkdirSync(join(machine.folder, "sys/bus/pci/drivers/nvidia", address), { recursive: true });
    const job = machine.start(shell, "any 2 0 0");
    expect(await job.says(/granted|refused/)).toBe(`gpus granted 0:GPU-a 2:GPU-c -- ${cuda}GPU-a,GPU-c`);
  });

  it("that report the same UUID are told apart by their index", async () => {
    const machine = gpuMachine();
    machine.show([{ uuid: "GPU-same", used: 5000 }, { uuid: "GPU-same" }, { uuid: "GPU-other", used: 5000 }]);
    const first = machine.start(shell, "any 1 0 0");
    expect(await first.says(/granted|refused/)).toBe(`gpus granted 1:- -- ${cuda}1`);
    const second = machine.start(shell, "any 1 0 0");
    expect(await second.says(/granted|refused/)).toMatch(/refused .*GPU 1: ticket of root/);
  });

  it("of AMD are counted as HIP does, by what the kernel says", async () => {
    const machine = gpuMachine();
    rmSync(join(machine.folder, "bin/nvidia-smi"));
    machine.addUser("carol", 1003);
    machine.addProcess(777, 1003);
    const files: Record<string, string> = {
      "class/kfd/kfd/topology/nodes/0/gpu_id": "0\n",
      "class/kfd/kfd/topology/nodes/0/properties": "cpu_cores_count 8\n",
      "class/kfd/kfd/proc/777/vram_12": "4096000000\n",
      "class/kfd/kfd/proc/778/vram_13": "0\n",
    };
    [0x0c, 0x22, 0x38, 0x5c].forEach((bus, at) => {
      files[`class/kfd/kfd/topology/nodes/${at + 1}/gpu_id`] = `${11 + at}\n`;
      files[`class/kfd/kfd/topology/nodes/${at + 1}/properties`] = `simd_count 8\nlocation_id ${bus * 256}\ndomain 0\n`;
      const device = `bus/pci/devices/0000:${bus.toString(16).padStart(2, "0")}:00.0`;
      files[`${device}/unique_id`] = `abc${at}\n`;
      files[`${device}/mem_info_vram_total`] = "206141652992\n";
      files[`${device}/mem_info_vram_used`] = at === 0 ? "9000000000\n" : "300000000\n";
      files[`${device}/gpu_busy_percent`] = "0\n";
    });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(machine.folder, "sys", path, ".."), { recursive: true });
      writeFileSync(join(machine.folder, "sys", path), text);
    }
    const job = machine.start(shell, "any 2 0 0");
    expect(await job.says(/granted|refused/)).toBe("gpus granted 2:abc2 3:abc3 -- HIP_VISIBLE_DEVICES=2,3");
    const next = machine.start(shell, "any 3 0 1");
    expect(await next.says(/waiting/)).toBe(
      "gpus waiting 0 GPU 0: 9 GB; GPU 1: carol, 0 GB; GPU 2: ticket of root; GPU 3: ticket of root",
    );
  });

  it("in slices are given by the slice's UUID, one at a time", async () => {
    const machine = gpuMachine();
    machine.addUser("dave", 1004);
    machine.addProcess(901, 1004);
    machine.show([{ used: 30_000, mig: "Enabled", busy: "[N/A]" }, { used: 50_000 }]);
    const slice = (index: number, instance: number, used: number) =>
      `<mig_device>\n<index>${index}</index>\n<gpu_instance_id>${instance}</gpu_instance_id>\n<fb_memory_usage>\n` +
      `<total>9984 MiB</total>\n<used>${used} MiB</used>\n</fb_memory_usage>\n<bar1_memory_usage>\n<total>1 MiB</total>\n` +
      "<used>1 MiB</used>\n</bar1_memory_usage>\n</mig_device>\n";
    machine.showSlices(
      `GPU 0: NVIDIA H100 (UUID: ${uuidOf(0)})\n${[0, 1, 2].map((at) => `  MIG 1g.10gb     Device  ${at}: (UUID: MIG-${at}${at}-aa)\n`).join("")}` +
        `GPU 1: NVIDIA H100 (UUID: ${uuidOf(1)})\n`,
      `<nvidia_smi_log>\n<gpu id="00000000:1A:00.0">\n<mig_devices>\n${slice(0, 7, 9)}${slice(1, 9, 9)}${slice(2, 11, 9)}</mig_devices>\n` +
        "<fb_memory_usage>\n<total>81559 MiB</total>\n<used>30000 MiB</used>\n</fb_memory_usage>\n<processes>\n<process_info>\n" +
        "<gpu_instance_id>7</gpu_instance_id>\n<compute_instance_id>0</compute_instance_id>\n<pid>901</pid>\n</process_info>\n</processes>\n</gpu>\n" +
        '<gpu id="00000000:1B:00.0">\n<processes>\n</processes>\n</gpu>\n</nvidia_smi_log>\n',
    );
    const first = machine.start(shell, "any 1 0 0");
    expect(await first.says(/granted|refused/)).toBe(`gpus granted 0:MIG-11-aa -- ${cuda}MIG-11-aa`);
    const chosen = machine.start(shell, "these 0 MIG-00-aa");
    expect(await chosen.says(/granted|refused/)).toBe(`gpus granted 0:MIG-00-aa -- ${cuda}MIG-00-aa`);
    const whole = machine.start(shell, "these 1 0");
    expect(await whole.says(/granted|refused/)).toMatch(/refused GPU 0 is divided into MIG slices/);
    const two = machine.start(shell, "any 2 0 1");
    expect(await two.says(/granted|refused/)).toBe("gpus refused the job wants 2 GPUs, this host has 1");
    const last = machine.start(shell, "any 1 40000 0");
    expect(await last.says(/granted|refused/)).toMatch(
      /refused GPU 1: 52 GB; a slice of GPU 0: dave, 0 GB; a slice of GPU 0: ticket of root; a slice of GPU 0: only 10 GB free/,
    );
  });

  it("that were named are given at once, whoever has them, or waited for when that was the wish", async () => {
    const machine = gpuMachine();
    machine.show([{ used: 9000 }, {}, {}]);
    const now = machine.start(shell, `these 0 ${uuidOf(2)} 0`);
    expect(await now.says(/granted|refused/)).toBe(
      `gpus granted 2:${uuidOf(2)} 0:${uuidOf(0)} -- ${cuda}${uuidOf(2)},${uuidOf(0)}`,
    );
    expect(machine.looks()).toBe(1);
    const patient = machine.start(shell, "these 1 1 2");
    expect(await patient.says(/waiting .*ticket/)).toBe("gpus waiting 0 GPU 1: idle so far; GPU 2: ticket of root");
    await now.end();
    expect(await patient.says(/granted/)).toContain(`granted 1:${uuidOf(1)} 2:${uuidOf(2)} `);
    const unknown = machine.start(shell, "these 1 7");
    expect(await unknown.says(/granted|refused/)).toBe("gpus refused this host has no GPU 7");
  });

  it("are refused where nobody wants to wait, and where they can never be had", async () => {
    const machine = gpuMachine();
    machine.show([{ used: 9000 }, {}]);
    const refusal = async (wish: string) => (await machine.start(shell, wish).says(/granted|refused/)).slice(5);
    expect(await refusal("any 2 0 0")).toBe("refused GPU 0: 9 GB; GPU 1: idle so far");
    expect(await refusal("any 3 0 1")).toBe("refused the job wants 3 GPUs, this host has 2");
    expect(await refusal("any 1 90000 1")).toBe("refused the job wants 1 GPU with 94 GB each, this host has 0 such");
    expect(await refusal("these 1 0;reboot")).toBe("refused this host has no such GPU");
    machine.fail("Failed to initialize NVML: Driver/library version mismatch\n\u001b[31mNVML\u0007 library: 535\n", 18);
    expect(await refusal("any 1 0 0")).toBe(
      "refused nvidia-smi fails: Failed to initialize NVML: Driver/library version mismatch [31mNVML library: 535",
    );
    rmSync(join(machine.folder, "bin/nvidia-smi"));
    expect(await refusal("any 1 0 1")).toBe("refused no GPU of NVIDIA or AMD is found here");
    await until(() => machine.live().length === 0);
  });
});
