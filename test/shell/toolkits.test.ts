import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Toolkit } from "../../src/shared/environments";
import { some } from "./operationHost";
import { plant, quotable, scriptShells, type Tree, toolkitHost } from "./toolkitHost";

/** What NVIDIA's installer writes, cut down to two of some thirty components. */
const versionJson = JSON.stringify({
  cuda: { name: "CUDA SDK", version: "12.4.1" },
  cuda_nvcc: { name: "CUDA NVCC", version: "12.4.131" },
});
const cudnnHeader = "#define CUDNN_MAJOR 9\n#define CUDNN_MINOR 1\n#define CUDNN_PATCHLEVEL 0\n";
const tensorrtHeader = [
  "#define TRT_MAJOR_ENTERPRISE 10",
  "#define TRT_MINOR_ENTERPRISE 3",
  "#define TRT_PATCH_ENTERPRISE 0",
  "#define NV_TENSORRT_MAJOR TRT_MAJOR_ENTERPRISE",
  "#define NV_TENSORRT_MINOR TRT_MINOR_ENTERPRISE",
  "#define NV_TENSORRT_PATCH TRT_PATCH_ENTERPRISE",
].join("\n");
const nvccOf = (version: string, build: string) =>
  `#!/bin/sh\nprintf 'nvcc: NVIDIA (R) Cuda compiler driver\\nCuda compilation tools, release ${version}, V${build}\\n'\n`;

const busyHost: Tree = {
  "usr/local/cuda-12.4/version.json": versionJson,
  "usr/local/cuda-12.4/bin/nvcc": "#!/bin/sh\nexit 1\n",
  "usr/local/cuda-12.4/lib64/libcudart.so.12.4.127": "",
  "usr/local/cuda-12.4/include/cudnn_version.h": cudnnHeader,
  "usr/local/cuda-12.4/include/nccl.h": "#define NCCL_MAJOR 2\n#define NCCL_MINOR 21\n#define NCCL_PATCH 5\n",
  "usr/local/cuda": "-> cuda-12.4",
  "usr/local/cuda-12": "-> cuda-12.4",
  "usr/local/cuda-10.2/version.txt": "CUDA Version 10.2.89\n",
  "usr/local/cuda-11.8/lib64/libcudart.so.11.8.89": "",
  "usr/local/cuda-11.8/version.json": '{"cuda": {"version": ',
  "usr/local/cuda-11.2/targets/x86_64-linux/include/cuda.h": "#define CUDA_VERSION 11020\n",
  "usr/local/cuda-11.2/include": "-> targets/x86_64-linux/include",
  "usr/local/cuda-11.2/targets/x86_64-linux/lib/libcudart.so.11.0": "",
  "srv/cuda-12.9/version.json": '{"cuda": {"version": "12.9',
  "srv/cuda-12.9/include/cuda.h": "#define CUDA_VERSION 12090\n",
  "usr/local/cuda-new": "-> ../../srv/cuda-12.9",
  "usr/local/cuda-samples/README": "no toolkit\n",
  "usr/local/cuda-loop": "-> cuda-loop",
  "usr/local/cuda-gone": "-> /nowhere",
  "opt/cuda/bin/nvcc": nvccOf("12.6", "12.6.77"),
  "opt/nvidia/hpc_sdk/Linux_x86_64/24.3/cuda/12.3/bin/nvcc": nvccOf("12.3", "12.3.107"),
  "opt/nvidia/hpc_sdk/Linux_x86_64/24.3/cuda/bin/nvcc": nvccOf("12.3", "12.3.107"),
  "opt/nvidia/hpc_sdk/Linux_x86_64/24.3/comm_libs/12.3/nccl/include/nccl.h":
    "#define NCCL_MAJOR 2\n#define NCCL_MINOR 19\n#define NCCL_PATCH 3\n",
  "opt/rocm-6.4.0/.info/version": "6.4.0-47\n",
  "opt/rocm-6.4.0/bin/hipcc": "#!/bin/sh\n",
  "opt/rocm": "-> rocm-6.4.0",
  "opt/rocm-7.10.0/core-7.10/include/rocm-core/rocm_version.h":
    "#define ROCM_VERSION_MAJOR 7\n#define ROCM_VERSION_MINOR 10\n#define ROCM_VERSION_PATCH 0\n",
  "usr/include/x86_64-linux-gnu/NvInferVersion.h": tensorrtHeader,
};

describe.each(some(scriptShells, "dash", "busybox"))("toolkits of a host under $name", ({ shell }) => {
  const at = (root: string, found: readonly Toolkit[], path: string) =>
    found.find((toolkit) => toolkit.path === join(root, path));

  test("every folder is found once, with its version and what says so", async () => {
    const host = toolkitHost(shell, busyHost);
    const { toolkits, warnings } = await host.survey();
    const short = toolkits.map(({ path, version, source, evidence, nvcc }) =>
      [path.slice(host.root.length), version, source, evidence, nvcc].join(" "),
    );
    expect(short).toEqual([
      "/srv/cuda-12.9 12.9 folder cuda.h ",
      "/opt/cuda 12.6 folder nvcc 12.6.77",
      "/usr/local/cuda-12.4 12.4.1 folder version.json 12.4.131",
      "/opt/nvidia/hpc_sdk/Linux_x86_64/24.3/cuda/12.3 12.3 hpcSdk nvcc 12.3.107",
      "/usr/local/cuda-11.8 11.8 folder libcudart.so.11.8.89 ",
      "/usr/local/cuda-11.2 11.2 folder cuda.h ",
      "/usr/local/cuda-10.2 10.2.89 folder version.txt ",
      "/opt/rocm-7.10.0/core-7.10 7.10.0 folder rocm_version.h ",
      "/opt/rocm-6.4.0 6.4.0 folder .info/version ",
    ]);
    expect(warnings).toEqual([]);
  });

  test("links lead to their toolkit, and the build tools' own place is the active one", async () => {
    const host = toolkitHost(shell, busyHost);
    const { toolkits } = await host.survey();
    expect(at(host.root, toolkits, "usr/local/cuda-12.4")?.links?.toSorted()).toEqual([
      join(host.root, "usr/local/cuda"),
      join(host.root, "usr/local/cuda-12"),
    ]);
    expect(toolkits.filter(({ active }) => active).map(({ path }) => path)).toEqual([
      join(host.root, "usr/local/cuda-12.4"),
      join(host.root, "opt/rocm-6.4.0"),
    ]);
  });

  test("libraries come with their version and the header that says it", async () => {
    const host = toolkitHost(shell, busyHost);
    const { toolkits } = await host.survey();
    const include = join(host.root, "usr/local/cuda-12.4/include");
    expect(at(host.root, toolkits, "usr/local/cuda-12.4")?.libraries).toEqual([
      { name: "cudnn", version: "9.1.0", path: join(include, "cudnn_version.h") },
      { name: "nccl", version: "2.21.5", path: join(include, "nccl.h") },
      {
        name: "tensorrt",
        version: "10.3.0",
        path: join(host.root, "usr/include/x86_64-linux-gnu/NvInferVersion.h"),
      },
    ]);
    const sdk = "opt/nvidia/hpc_sdk/Linux_x86_64/24.3";
    expect(at(host.root, toolkits, `${sdk}/cuda/12.3`)?.libraries).toEqual([
      { name: "nccl", version: "2.19.3", path: join(host.root, sdk, "comm_libs/12.3/nccl/include/nccl.h") },
    ]);
    expect(at(host.root, toolkits, "usr/local/cuda-11.2")?.libraryFolder).toBe(
      join(host.root, "usr/local/cuda-11.2/targets/x86_64-linux/lib"),
    );
  });

  test("the compiler on the path of the login shell tells the active one, through a wrapper", async () => {
    const host = toolkitHost(shell, busyHost);
    const compiler = join(host.root, "usr/local/cuda-11.8/bin/nvcc");
    plant(host.root, { "usr/local/cuda-11.8/bin/nvcc": nvccOf("11.8", "11.8.89") });
    plant(host.bin, { nvcc: `#!/bin/sh\nexec "${compiler}" "$@"\n` });
    const wrapped = await host.survey();
    expect(wrapped.toolkits.find(({ active, kind }) => active && kind === "cuda")?.version).toBe("11.8");
  });

  test("without a compiler on its path the login shell's variables tell, wherever they lead", async () => {
    const host = toolkitHost(shell, busyHost);
    plant(host.home, {
      "my cuda/version.txt": "CUDA Version 9.2.148\n",
      "link to it": "-> my cuda",
    });
    const { toolkits } = await host.survey({
      env: { CUDA_HOME: `${host.home}/link to it/`, ROCM_PATH: join(host.root, "opt/rocm-7.10.0/core-7.10") },
    });
    expect(toolkits.filter(({ active }) => active).map(({ version }) => version)).toEqual(["9.2.148", "7.10.0"]);
  });

  test("a compiler that prints without end is stopped", async () => {
    const host = toolkitHost(shell, {
      "usr/local/cuda-12.4/version.txt": "CUDA Version 12.4.1\n",
      "usr/local/cuda-12.4/bin/nvcc": "#!/bin/sh\nwhile :; do echo release 1.0, V1.0.0; done\n",
    });
    const { toolkits } = await host.survey();
    expect(toolkits.map(({ version }) => version)).toEqual(["12.4.1"]);
  });

  test("a folder that may not be read is left out, and the rest is found", async () => {
    const host = toolkitHost(shell, { "usr/local/cuda-9.0/version.txt": "CUDA Version 9.0.176\n" });
    mkdirSync(join(host.root, "usr/local/cuda-8.0"));
    chmodSync(join(host.root, "usr/local/cuda-8.0"), 0);
    const { toolkits } = await host.survey();
    expect(toolkits.map(({ version }) => version)).toEqual(["9.0.176"]);
  });

  test("what environments carry is read from the names of their files", async () => {
    const host = toolkitHost(shell);
    const site = "lib/python3.11/site-packages";
    plant(join(host.home, "cu12 env"), {
      [`${site}/nvidia_cuda_runtime_cu12-12.4.127.dist-info/METADATA`]: "",
      [`${site}/nvidia_cudnn_cu12-9.1.0.70.dist-info/METADATA`]: "",
      [`${site}/nvidia/cuda_runtime/lib/libcudart.so.12`]: "",
      [`${site}/nvidia/cudnn/lib/libcudnn.so.9`]: "",
      [`${site}/torch/lib/libtorch_cuda.so`]: "",
      lib64: "-> lib",
    });
    plant(join(host.home, "conda"), {
      "conda-meta/cuda-cudart-12.6.77-h5888daf_0.json": "",
      "conda-meta/cudnn-9.3.0.75-hf36481c_1.json": "",
      "lib/libcudart.so.12": "-> libcudart.so.12.6.77",
      "lib/libcudart.so.12.6.77": "",
      "lib/libcudnn.so.9": "",
    });
    const prefixes = [join(host.home, "cu12 env"), join(host.home, "conda"), join(host.home, "missing")];
    const { toolkits, carried } = await host.survey({ environments: prefixes });
    expect(toolkits.map(({ source, version, environment, path }) => [source, version, environment, path])).toEqual([
      ["conda", "12.6", prefixes[1], prefixes[1]],
      ["pip", "12.4", prefixes[0], join(host.home, "cu12 env", site, "nvidia/cuda_runtime")],
    ]);
    expect(toolkits.map(({ libraries }) => libraries.map(({ name, version }) => `${name} ${version}`))).toEqual([
      ["cudnn 9.3.0.75"],
      ["cudnn 9.1.0.70"],
    ]);
    expect(carried[0]?.frameworks).toEqual([{ name: "torch", from: "pip", own: [] }]);
  });

  test("the libraries that LD_LIBRARY_PATH leads to are listed in its order", async () => {
    const host = toolkitHost(shell, busyHost);
    const [first, second] = ["usr/local/cuda-11.8/lib64", "usr/local/cuda-12.4/lib64"].map((name) =>
      join(host.root, name),
    );
    const { shell: login } = await host.survey({ env: { LD_LIBRARY_PATH: `${first}::/nowhere:${second}` } });
    expect(login.libraryPath).toEqual([
      { folder: first, files: [`${first}/libcudart.so.11.8.89`] },
      { folder: second, files: [`${second}/libcudart.so.12.4.127`] },
    ]);
  });

  test("the folders of ROCm's versions count once, whatever links to them lie beside", async () => {
    const host = toolkitHost(shell, {
      "opt/rocm/core-7.14/.info/version": "7.14.0\n",
      "opt/rocm/core-7.14/bin/hipcc": "#!/bin/sh\n",
      "opt/rocm/core-7.14/lib/libamdhip64.so.7": "",
      "opt/rocm/core-8.1/include/rocm-core/rocm_version.h":
        "#define ROCM_VERSION_MAJOR 8\n#define ROCM_VERSION_MINOR 1\n#define ROCM_VERSION_PATCH 0\n",
      "opt/rocm/core-7": "-> core-7.14",
      "opt/rocm/core": "-> core-7",
      "opt/rocm/bin": "-> core-7.14/bin",
      "opt/rocm/lib": "-> core-7.14/lib",
    });
    const at = (name: string) => join(host.root, "opt/rocm", name);
    const { toolkits } = await host.survey();
    expect(toolkits.map(({ version, active, path, links }) => [version, active, path, links?.toSorted()])).toEqual([
      ["8.1.0", false, at("core-8.1"), undefined],
      ["7.14.0", true, at("core-7.14"), [join(host.root, "opt/rocm"), at("core"), at("core-7")]],
    ]);
  });

  test("an alternative named cuda is known with its choices", async () => {
    const host = toolkitHost(shell, {
      "usr/local/cuda-12.4/version.json": versionJson,
      "srv/cuda-11.8/version.txt": "CUDA Version 11.8.89\n",
    });
    const [link, altdir, admindir] = ["usr/local/cuda", "etc/alternatives", "var/lib"].map((name) =>
      join(host.root, name),
    );
    mkdirSync(altdir ?? "", { recursive: true });
    mkdirSync(admindir ?? "", { recursive: true });
    const tool = `/usr/bin/update-alternatives --altdir '${quotable(altdir ?? "")}' --admindir '${quotable(admindir ?? "")}'`;
    plant(host.bin, { "update-alternatives": `#!/bin/sh\nexec ${tool} --log /dev/null "$@"\n` });
    const choices = ["usr/local/cuda-12.4", "srv/cuda-11.8"].map((name) => join(host.root, name));
    for (const [priority, path] of choices.entries()) {
      const words = ["--install", link ?? "", "cuda", path, String(100 - priority)];
      execFileSync(join(host.bin, "update-alternatives"), words, { stdio: "ignore" });
    }
    const { alternatives, toolkits } = await host.survey();
    expect(alternatives.cuda.toSorted()).toEqual(choices.toSorted());
    expect(toolkits.map(({ version, active, links }) => [version, active, links])).toEqual([
      ["12.4.1", true, [link, join(altdir ?? "", "cuda")]],
      ["11.8.89", false, undefined],
    ]);
  });
});

test.skipIf(!existsSync("/usr/local/cuda-13.0/bin/nvcc"))(
  "the real toolkit of this machine is found (needs CUDA 13.0 in /usr/local)",
  async () => {
    const { toolkits } = await toolkitHost(["dash"]).survey({ wholeSystem: true });
    expect(toolkits.find(({ path }) => path === "/usr/local/cuda-13.0")).toMatchObject({
      kind: "cuda",
      version: "13.0",
      nvcc: expect.stringMatching(/^13\.0\.\d+$/),
      source: "folder",
    });
  },
);
