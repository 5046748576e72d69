import { describe, expect, test } from "vitest";
import { some, until } from "./operationHost";
import { processesMarked } from "./probeHost";
import { plant, scriptShells, sleepBut, toolkitHost } from "./toolkitHost";

/** Answers the two questions that are asked of nvidia-smi; an old one does not know `compute_cap` or `--version`. */
function nvidiaSmi({ rows, fields, version }: { rows: string; fields: number; version?: string }): string {
  return `#!/bin/sh
case $1 in
--version) ${version === undefined ? "echo 'Invalid combination of input arguments.'; exit 6" : `printf '${version}'`} ;;
--query-gpu=*,*,*,*) ${fields === 4 ? `printf '${rows}'` : `echo 'Field "compute_cap" is not a valid field to query.'; exit 2`} ;;
--query-gpu=*) printf '${rows}' ;;
esac
`;
}

const kernelLine =
  "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build  (builder@host)  Tue Sep\nGCC version: 13\n";

describe.each(some(scriptShells, "dash", "zsh"))("drivers of a host under $name", ({ shell }) => {
  test("nvidia-smi tells driver, limit and GPUs", async () => {
    const host = toolkitHost(shell, { "proc/driver/nvidia/version": kernelLine });
    plant(host.bin, {
      "nvidia-smi": nvidiaSmi({
        fields: 4,
        rows: "0, NVIDIA H100 80GB HBM3, 580.95.05, 9.0\\n1, NVIDIA RTX A6000, 580.95.05, 8.6\\n",
        version: "NVIDIA-SMI version  : 580.95.05\\nDRIVER version      : 580.95.05\\nCUDA Version        : 13.0\\n",
      }),
    });
    expect(await host.survey()).toMatchObject({
      driver: { vendor: "nvidia", version: "580.95.05", cudaVersion: "13.0" },
      gpus: [
        { index: 0, name: "NVIDIA H100 80GB HBM3", computeCapability: "9.0" },
        { index: 1, name: "NVIDIA RTX A6000", computeCapability: "8.6" },
      ],
      warnings: [],
    });
  });

  test("of an old one the tables fill in what it does not tell", async () => {
    const host = toolkitHost(shell, {
      "proc/driver/nvidia/version": "NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.82.01  Wed Oct 27\n",
    });
    plant(host.bin, { "nvidia-smi": nvidiaSmi({ fields: 3, rows: "0, Tesla V100-SXM2-16GB, 470.82.01\\n" }) });
    expect(await host.survey()).toMatchObject({
      driver: { version: "470.82.01", cudaVersion: "11.4" },
      gpus: [{ index: 0, name: "Tesla V100-SXM2-16GB", computeCapability: "7.0" }],
    });
  });

  test("where it prints rubbish, the kernel's own files tell", async () => {
    const host = toolkitHost(shell, {
      "proc/driver/nvidia/version": kernelLine,
      "proc/driver/nvidia/gpus/0000:01:00.0/information": "Model: \t\t NVIDIA GeForce RTX 3090\nIRQ:  130\n",
    });
    plant(host.bin, { "nvidia-smi": "#!/bin/sh\nprintf 'No devices \\036smi\\035 x\\n\\377\\376,,,\\n'\n" });
    const { driver, gpus, warnings } = await host.survey();
    expect(driver).toEqual({ vendor: "nvidia", version: "580.95.05", cudaVersion: "13.0" });
    expect(gpus).toEqual([{ index: 0, name: "NVIDIA GeForce RTX 3090", computeCapability: "8.6" }]);
    expect(warnings.map(({ reason }) => reason)).toEqual(["unreadable"]);
  });

  test("AMD's GPUs come from the kernel, CPUs among its nodes left out", async () => {
    const nodes = "sys/class/kfd/kfd/topology/nodes";
    const host = toolkitHost(shell, {
      "sys/module/amdgpu/version": "6.12.12\n",
      [`${nodes}/0/properties`]: "cpu_cores_count 96\ngfx_target_version 0\n",
      [`${nodes}/10/properties`]: "gfx_target_version 90010\ndrm_render_minor 129\n",
      [`${nodes}/2/properties`]: "gfx_target_version 90402\ndrm_render_minor 128\n",
      "sys/class/drm/renderD128/device/product_name": "AMD Instinct MI300X\n",
    });
    expect(await host.survey()).toMatchObject({
      driver: { vendor: "amd", version: "6.12.12" },
      gpus: [
        { index: 0, gfx: "gfx942", name: "AMD Instinct MI300X" },
        { index: 1, gfx: "gfx90a" },
      ],
    });
  });

  test("without a driver there is none, and a tool that fails is named", async () => {
    const host = toolkitHost(shell);
    plant(host.bin, { "nvidia-smi": "#!/bin/sh\necho 'NVIDIA-SMI has failed because it could not'\nexit 9\n" });
    const survey = await host.survey();
    expect(survey.driver).toBeUndefined();
    expect(survey.gpus).toEqual([]);
    expect(survey.warnings.map(({ reason }) => reason)).toEqual(["driverNotLoaded"]);
  });
});

test("a tool that hangs with all that it started is stopped, and the kernel's files tell", async () => {
  const host = toolkitHost(["dash"], { "proc/driver/nvidia/version": kernelLine });
  plant(host.bin, { sleep: sleepBut(8), "nvidia-smi": "#!/bin/sh\ntrap '' TERM\nsleep 1000 &\nwait\nsleep 1000\n" });
  const mark = `toolkits-${process.pid}`;
  const { driver, warnings } = await host.survey({ env: { TENSORLINE_MARK: mark } });
  expect(driver?.version).toBe("580.95.05");
  expect(warnings.map(({ reason }) => reason)).toEqual(["toolHangs"]);
  await until(() => !processesMarked(mark).some((command) => command.includes("1000")));
});
