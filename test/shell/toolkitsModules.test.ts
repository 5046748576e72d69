import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { some } from "./operationHost";
import { plant, quotable, scriptShells, sleepBut, type ToolkitHost, type Tree, toolkitHost } from "./toolkitHost";

const lmodRoot = "/usr/share/lmod/lmod";
const hasLmod = existsSync(`${lmodRoot}/libexec/lmod`);

/** Installed, or unpacked into the cache folder: Debian's package excludes Lmod's. */
const modulecmd = ["", join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "tensorline/environment-modules")]
  .flatMap((root) => {
    const lib = `${root}/usr/lib`;
    const folders = existsSync(lib) ? readdirSync(lib).filter((name) => name.endsWith("-linux-gnu")) : [];
    return folders.map((name) => `${lib}/${name}/modulecmd.tcl`);
  })
  .find((file) => existsSync(file));

/** Toolkits outside the usual places, one with blanks in its path. */
const toolkits: Tree = {
  "apps/my cuda/12.4/version.txt": "CUDA Version 12.4.1\n",
  "apps/my cuda/12.4/bin/nvcc": "#!/bin/sh\necho 'Cuda compilation tools, release 12.4, V12.4.131'\n",
  "apps/cuda-11.8/version.txt": "CUDA Version 11.8.89\n",
  "apps/nvhpc/Linux_x86_64/24.3/cuda/12.3/version.txt": "CUDA Version 12.3.2\n",
  "apps/rocm/6.4.0/.info/version": "6.4.0-47\n",
};

/** In Tcl, which both systems read; `broken` is none. */
function plantTclModules(host: ToolkitHost): string {
  plant(host.root, {
    ...toolkits,
    "modules/cuda/12.4.1": [
      "#%Module1.0",
      `setenv CUDA_HOME {${host.root}/apps/my cuda/12.4}`,
      `prepend-path PATH {${host.root}/apps/my cuda/12.4/bin}`,
      `prepend-path LD_LIBRARY_PATH {${host.root}/apps/my cuda/12.4/lib64}`,
      "",
    ].join("\n"),
    "modules/cuda/11.8": `#%Module1.0\nprepend-path PATH {${host.root}/apps/cuda-11.8/bin}\n`,
    "modules/cuda/.version": "#%Module1.0\nset ModulesVersion 11.8\n",
    "modules/cuda/broken": '#%Module1.0\nerror "not today"\n',
    "modules/rocm/6.4.0": `#%Module1.0\nsetenv ROCM_PATH {${host.root}/apps/rocm/6.4.0}\n`,
    "modules/nvhpc/24.3": `#%Module1.0\nprepend-path PATH {${host.root}/apps/nvhpc/Linux_x86_64/24.3/compilers/bin}\n`,
    "modules/python/3.12": "#%Module1.0\nprepend-path PATH /opt/python/3.12/bin\n",
    "modules/gcc/13": "#%Module1.0\n",
  });
  return join(host.root, "modules");
}

function plantLuaModules(host: ToolkitHost): string {
  plant(host.root, {
    ...toolkits,
    "modules/cuda/12.4.1.lua": [
      `setenv("CUDA_HOME", "${host.root}/apps/my cuda/12.4")`,
      `prepend_path("PATH", "${host.root}/apps/my cuda/12.4/bin")`,
      `prepend_path("LD_LIBRARY_PATH", "${host.root}/apps/my cuda/12.4/lib64")`,
    ].join("\n"),
    "modules/cuda/11.8.lua": `prepend_path("PATH", "${host.root}/apps/cuda-11.8/bin")\n`,
    "modules/cuda/broken.lua": "this is no Lua ((\n",
    "modules/rocm/6.4.0.lua": `setenv("ROCM_PATH", "${host.root}/apps/rocm/6.4.0")\n`,
    "modules/nvhpc/24.3.lua": `prepend_path("PATH", "${host.root}/apps/nvhpc/Linux_x86_64/24.3/compilers/bin")\n`,
    "modules/python/3.12.lua": 'prepend_path("PATH", "/opt/python/3.12/bin")\n',
    "modules/gcc/13.lua": "",
  });
  return join(host.root, "modules");
}

async function expectModules(host: ToolkitHost, env: Readonly<Record<string, string>>) {
  const { toolkits: found, modules, warnings } = await host.survey({ env });
  expect(modules.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["cuda/11.8", "cuda/12.4.1", "python/3.12", "rocm/6.4.0"]),
  );
  expect(modules.map(({ name }) => name)).not.toContain("gcc/13");
  const folder = join(host.root, "apps/my cuda/12.4");
  expect(modules.find(({ name }) => name === "cuda/12.4.1")).toEqual({
    name: "cuda/12.4.1",
    set: { CUDA_HOME: folder },
    prepend: { PATH: [`${folder}/bin`], LD_LIBRARY_PATH: [`${folder}/lib64`] },
  });
  expect(found.map(({ version, source, module, path }) => [version, source, module, path])).toEqual([
    ["12.4.1", "module", "cuda/12.4.1", folder],
    ["12.3.2", "hpcSdk", undefined, join(host.root, "apps/nvhpc/Linux_x86_64/24.3/cuda/12.3")],
    ["11.8.89", "module", "cuda/11.8", join(host.root, "apps/cuda-11.8")],
    ["6.4.0", "module", "rocm/6.4.0", join(host.root, "apps/rocm/6.4.0")],
  ]);
  expect(warnings).toEqual([]);
}

/** The login shell knows the module system as its start-up files would say. */
const inProfile = (host: ToolkitHost, variables: Readonly<Record<string, string>>) => {
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${quotable(value)}'\n`);
  plant(host.home, { ".bash_profile": `. ~/.profile\n${lines.join("")}` });
  return { SHELL: "/bin/bash" };
};

describe.each(some(scriptShells, "bash", "busybox"))("modules under $name", ({ shell }) => {
  test.skipIf(!hasLmod)("Lmod, with modules in Lua, one of which is broken (needs lmod)", async () => {
    const host = toolkitHost(shell);
    const MODULEPATH = plantLuaModules(host);
    await expectModules(host, inProfile(host, { MODULEPATH, LMOD_CMD: `${lmodRoot}/libexec/lmod` }));
  });

  test.skipIf(!hasLmod)("Lmod whose start-up file this login shell does not read (needs lmod)", async () => {
    const host = toolkitHost(shell, { "etc/profile.d/z00_lmod.sh": `-> ${lmodRoot}/init/profile` });
    await expectModules(host, { LMOD_SITE_MODULEPATH: plantLuaModules(host) });
  });

  test.skipIf(!modulecmd)("Environment Modules (needs environment-modules)", async () => {
    const host = toolkitHost(shell);
    const MODULEPATH = plantTclModules(host);
    await expectModules(host, inProfile(host, { MODULEPATH, MODULES_CMD: modulecmd ?? "" }));
  });

  test.skipIf(!modulecmd)("Environment Modules by their own init file (needs environment-modules)", async () => {
    const host = toolkitHost(shell);
    const MODULEPATH = plantTclModules(host);
    plant(host.root, { "usr/share/modules/init/sh": `eval "$('${quotable(modulecmd ?? "")}' sh autoinit)"\n` });
    await expectModules(host, { MODULEPATH });
  });

  test("a module system that colours, warns and pages is read all the same", async () => {
    const host = toolkitHost(shell);
    plantTclModules(host);
    const folder = join(host.root, "apps/my cuda/12.4");
    plant(host.bin, {
      modulecmd: `#!/bin/sh
case $2 in
-t) printf 'WARNING: the cache is old\\n\\033[1;94m%s\\033[0m:\\n\\033[1mcuda/12.4.1\\033[0m(default)\\ncuda/\\n-x/cuda\\ngcc/13 <L>\\n' "${host.root}/modules" >&2 ;;
show) printf '\\033[33mLmod is for friends\\033[0m\\n-----\\n%s/cuda/12.4.1:\\n\\nsetenv\\t\\t\\033[1mCUDA_HOME\\033[0m {%s}\\nsetenv\\t\\t__proto__ x\\nprepend-path\\tconstructor /y\\n' "${host.root}/modules" "${folder}" >&2 ;;
esac
echo 'export SOMETHING=1;'
`,
    });
    const { modules, toolkits: found } = await host.survey({
      env: inProfile(host, { MODULES_CMD: join(host.bin, "modulecmd") }),
    });
    expect(modules.map(({ name, set }) => [name, set.CUDA_HOME])).toEqual([["cuda/12.4.1", folder]]);
    expect(found.map(({ module, version }) => [module, version])).toEqual([["cuda/12.4.1", "12.4.1"]]);
  });
});

test("a module system that hangs leaves the rest known", async () => {
  const host = toolkitHost(["dash"], { "usr/local/cuda-12.4/version.txt": "CUDA Version 12.4.1\n" });
  plant(host.bin, { sleep: sleepBut(10), modulecmd: "#!/bin/sh\nsleep 1000\n" });
  const { toolkits: found, warnings } = await host.survey({
    env: inProfile(host, { MODULES_CMD: join(host.bin, "modulecmd") }),
  });
  expect(found.map(({ version, active }) => [version, active])).toEqual([["12.4.1", false]]);
  expect(warnings.map(({ reason }) => reason)).toEqual(["modulesSlow"]);
});
