import { describe, expect, test } from "vitest";
import type { FoundPrefix } from "../../../src/core/environments/survey";
import { condaPackage, distribution } from "../../../src/core/environments/survey/distributions";
import { frameworkPackages, wantedNames } from "../../../src/core/environments/survey/frameworks";
import { localBuild } from "../../../src/core/environments/survey/gpuBuild";

/** An environment with these names of metadata, and these lines of version files. */
function found(names: readonly string[], buildTexts: readonly string[] = []): FoundPrefix {
  const distributions = names.flatMap((name) => distribution(name) ?? condaPackage(name) ?? []);
  return { prefix: "/p", via: "search", distributions, buildTexts };
}

const cuda = (version?: string) => ({ kind: "cuda", ...(version && { version }) });
const rocm = (version?: string) => ({ kind: "rocm", ...(version && { version }) });
const cpu = { kind: "cpu" };

test.each([
  ["torch-2.4.0+cu121.dist-info", { name: "torch", version: "2.4.0+cu121" }],
  ["flash_attn-2.7.4.post1.dist-info", { name: "flash-attn", version: "2.7.4.post1" }],
  ["PyYAML-6.0.2.dist-info", { name: "pyyaml", version: "6.0.2" }],
  ["zope.interface-7.1.1-py3.12-linux-x86_64.egg-info", { name: "zope-interface", version: "7.1.1" }],
  ["foo-bar-1.0.dist-info", { name: "foo-bar", version: "1.0" }],
  ["x-1!2.0.dist-info", { name: "x", version: "1!2.0" }],
  ["torch.dist-info", undefined],
  ["-1.0.dist-info", undefined],
  ["-rf-1.0.dist-info", undefined],
  ["a b-1.0.dist-info", undefined],
  ["x-1.0;id.dist-info", undefined],
  ["x-latest.dist-info", undefined],
  ["x-1.0.dist-info.json", undefined],
  [`${"x".repeat(300)}-1.0.dist-info`, undefined],
])("the name %j of metadata says %j", (name, expected) => {
  expect(distribution(name)).toEqual(expected);
});

test.each([
  ["python-3.12.4-h194c7f8_0_cpython.json", { name: "python", version: "3.12.4", condaBuild: "h194c7f8_0_cpython" }],
  ["_libgcc_mutex-0.1-conda_forge.json", { name: "_libgcc_mutex", version: "0.1", condaBuild: "conda_forge" }],
  [
    "ca-certificates-2024.8.30-hbcca054_0.json",
    { name: "ca-certificates", version: "2024.8.30", condaBuild: "hbcca054_0" },
  ],
  ["python.json", undefined],
  ["history", undefined],
  ["../../x-1-0.json", undefined],
])("the name %j of conda's record says %j", (name, expected) => {
  expect(condaPackage(name)).toEqual(expected);
});

test.each([
  ["2.13.0+cu130", cuda("13.0")],
  ["2.0.1+cu118", cuda("11.8")],
  ["1.4.0+cu92", cuda("9.2")],
  ["0.4.23+cuda12.cudnn89", cuda("12")],
  ["2.7.4.post1+cu12torch2.5cxx11abiFALSE", cuda("12")],
  ["2.9.0+rocm6.4", rocm("6.4")],
  ["2.5.1+rocm6.2.4", rocm("6.2")],
  ["2.4.0+cpu", cpu],
  ["2.4.0+cpu.cxx11.abi", cpu],
  ["2.4.0", undefined],
  ["2.4.0+local", undefined],
  ["2.4.0+gitcu12", undefined],
])("the version %s says for what it was built", (version, expected) => {
  expect(localBuild(version)).toEqual(expected);
});

const builds: readonly { what: string; names: string[]; texts?: string[]; expected: unknown[] }[] = [
  {
    what: "torch of the package index, whose version file says CUDA",
    names: ["torch-2.11.0.dist-info"],
    texts: [
      "torch __version__ = '2.11.0+cu130'",
      "torch cuda: Optional[str] = '13.0'",
      "torch hip: Optional[str] = None",
    ],
    expected: [{ name: "torch", version: "2.11.0", build: cuda("13.0") }],
  },
  {
    what: "torch for ROCm, whose version file has HIP's own version",
    names: ["torch-2.9.0+rocm6.4.dist-info"],
    texts: ["torch cuda: Optional[str] = None", "torch hip: Optional[str] = '6.4.43482-0f2d60242'"],
    expected: [{ name: "torch", version: "2.9.0+rocm6.4", build: rocm("6.4") }],
  },
  {
    what: "torch for processors, of the time before type annotations",
    names: ["torch-1.13.1.dist-info"],
    texts: ["torch cuda = None", "torch hip = None"],
    expected: [{ name: "torch", version: "1.13.1", build: cpu }],
  },
  {
    what: "torch whose version file is not there",
    names: ["torch-2.1.0.dist-info"],
    expected: [{ name: "torch", version: "2.1.0" }],
  },
  {
    what: "torch of conda, by its build",
    names: ["torch-2.5.1.dist-info", "pytorch-2.5.1-py3.12_cuda12.4_cudnn9.1.0_0.json"],
    expected: [{ name: "torch", version: "2.5.1", build: cuda("12.4") }],
  },
  {
    what: "torch of conda for processors",
    names: ["torch-2.5.1.dist-info", "pytorch-2.5.1-cpu_generic_py312_h_6.json"],
    expected: [{ name: "torch", version: "2.5.1", build: cpu }],
  },
  {
    what: "jax with a plug-in for CUDA, and its library",
    names: ["jax-0.8.1.dist-info", "jaxlib-0.8.1.dist-info", "jax_cuda12_plugin-0.8.1.dist-info"],
    expected: [
      { name: "jax", version: "0.8.1", build: cuda("12") },
      { name: "jaxlib", version: "0.8.1", build: cuda("12") },
    ],
  },
  {
    what: "jax with a plug-in for ROCm",
    names: ["jax-0.6.0.dist-info", "jax_rocm60_plugin-0.6.0.dist-info"],
    expected: [{ name: "jax", version: "0.6.0", build: rocm("6.0") }],
  },
  {
    what: "jax without one",
    names: ["jax-0.6.0.dist-info", "jaxlib-0.6.0.dist-info"],
    expected: [
      { name: "jax", version: "0.6.0", build: cpu },
      { name: "jaxlib", version: "0.6.0", build: cpu },
    ],
  },
  {
    what: "tensorflow, whose build file says CUDA",
    names: ["tensorflow-2.20.0.dist-info", "tensorflow_io-0.37.dist-info"],
    texts: [
      "tensorflow 'cuda_version', '12.5.1'",
      "tensorflow 'is_cuda_build', True",
      "tensorflow 'is_rocm_build', False",
    ],
    expected: [{ name: "tensorflow", version: "2.20.0", build: cuda("12.5") }],
  },
  {
    what: "tensorflow for processors, whose build file says so, and by its name",
    names: ["tensorflow_cpu-2.20.0.dist-info"],
    expected: [{ name: "tensorflow-cpu", version: "2.20.0", build: cpu }],
  },
  {
    what: "tensorflow with NVIDIA's run time beside it",
    names: ["tensorflow-2.15.0.dist-info", "nvidia_cuda_runtime_cu12-12.2.140.dist-info"],
    expected: [{ name: "tensorflow", version: "2.15.0", build: cuda("12.2") }],
  },
  {
    what: "cupy by the names of its wheels",
    names: ["cupy_cuda12x-13.3.0.dist-info"],
    expected: [{ name: "cupy-cuda12x", version: "13.3.0", build: cuda("12") }],
  },
  {
    what: "cupy for an old CUDA",
    names: ["cupy_cuda112-10.6.0.dist-info"],
    expected: [{ name: "cupy-cuda112", version: "10.6.0", build: cuda("11.2") }],
  },
  {
    what: "cupy for ROCm",
    names: ["cupy_rocm_5_0-13.3.0.dist-info"],
    expected: [{ name: "cupy-rocm-5-0", version: "13.3.0", build: rocm("5.0") }],
  },
  {
    what: "cupy of conda, whose CUDA is a package of its own",
    names: ["cupy-13.3.0.dist-info", "cupy-13.3.0-py312h7d319b9_2.json", "cuda-version-12.6-h7480c83_3.json"],
    expected: [{ name: "cupy", version: "13.3.0", build: cuda("12.6") }],
  },
  {
    what: "what is none of these",
    names: ["torchvision-0.20.dist-info", "numpyro-1.0.dist-info", "triton_kernels-1.dist-info"],
    expected: [],
  },
];

describe("frameworks", () => {
  test.each(builds)("$what", ({ names, texts = [], expected }) => {
    expect(frameworkPackages(found(names, texts))).toEqual(expected);
  });

  test("are looked for under their names, however words are joined, and other packages are not", () => {
    const wanted = new RegExp(wantedNames);
    for (const { names } of builds.slice(0, -1)) for (const name of names.slice(0, 1)) expect(name).toMatch(wanted);
    for (const name of ["flash_attn-2.7.dist-info", "flash-attn-2.7-py3.12.egg-info", "python-3.12.4-0.json"])
      expect(name).toMatch(wanted);
    for (const name of [
      "torchvision-0.20.dist-info",
      "numpyro-1.0.dist-info",
      "python_abi-3.12-5.json",
      "torch",
      "historyx",
    ])
      expect(name).not.toMatch(wanted);
  });
});
