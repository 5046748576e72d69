import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { listPackages } from "../../src/core/environments/survey/listPackages";
import type { Runner } from "../../src/core/remote";
import { home, link, openTo, survey, withHome } from "./environmentHome";
import { age, condaPackages, pythonPackages, venvFiles } from "./environmentTrees";
import { some } from "./operationHost";
import { hosts, noAbort, writeTree } from "./transferHost";

/** Another user, where tests run as the one who may read everything. */
const asAnother =
  process.getuid?.() === 0 ? ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];

function giveTo(folder: string): void {
  if (asAnother.length === 0) return;
  chownSync(folder, 65534, 65534);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (lstatSync(path).isDirectory()) giveTo(path);
  }
}

describe.each(some(hosts, "dash", "busybox"))("environments on a host with $name", (host) => {
  it("that are broken say why", async () => {
    const { folder, runner, below } = withHome(host, {
      ...venvFiles("dangling"),
      ...venvFiles("no-python"),
      "half/pyvenv.cfg": "home = /usr/bin\n",
      ...venvFiles("foreign"),
      ...venvFiles("not-runnable"),
      "not-runnable/bin/python3.12": "",
      ...condaPackages("miniforge3", "conda install python", "python-3.12.4-0"),
      "miniforge3/envs/lost/lib/python3.12/site-packages/": "",
      "miniforge3/envs/begun/conda-meta/python-3.12.4-0.json": "{}",
      ...condaPackages("miniforge3/envs/r-only", "conda create -n r-only r-base", "r-base-4.4.1-0"),
      "miniforge3/envs/data/notes.txt": "no environment",
    });
    link(join(folder, "dangling/bin/python"), "python3");
    link(join(folder, "dangling/bin/python3"), "/usr/bin/python-that-was-removed");
    link(join(folder, "not-runnable/bin/python"), "python3.12");
    chmodSync(join(folder, "not-runnable/bin/python3.12"), 0o644);
    link(join(folder, "miniforge3/bin/python"));
    link(join(folder, "miniforge3/envs/lost/bin/python"));
    // The first bytes of a program for a POWER machine in big-endian order, then for RISC-V.
    mkdirSync(join(folder, "foreign/bin"));
    const header = Buffer.from("7f454c46020101000000000000000000020000f3", "hex");
    header.set([0xf3, 0x00], 18);
    writeFileSync(join(folder, "foreign/bin/python"), Buffer.concat([header, Buffer.alloc(44)]), { mode: 0o755 });
    const found = await survey(runner);
    const reasons = Object.fromEntries(
      below(found).map(({ prefix, error }) => [prefix.slice(folder.length + 1), error?.reason]),
    );
    expect(reasons).toEqual({
      dangling: "danglingInterpreter",
      "no-python": "noInterpreter",
      half: "unfinished",
      foreign: "wrongArchitecture",
      "not-runnable": "noInterpreter",
      miniforge3: undefined,
      "miniforge3/envs/lost": "missingCondaMeta",
      "miniforge3/envs/begun": "unfinished",
      "miniforge3/envs/r-only": undefined,
    });
    expect(below(found).find(({ name }) => name === "dangling")).toMatchObject({
      error: { message: "Its interpreter leads to /usr/bin/python-that-was-removed, which is not there any more." },
    });
    expect(below(found).find(({ name }) => name === "foreign")?.error?.message).toContain("is for riscv64");
  });

  it("are read again only where something changed", async () => {
    const train = "miniforge3/envs/train";
    const { folder, runner, of } = withHome(host, {
      ...condaPackages("miniforge3", "conda install python", "python-3.12.4-0"),
      ...condaPackages(train, "conda create -n train python", "python-3.12.4-0"),
      ...pythonPackages(`${train}/lib/python3.12/site-packages`, "torch-2.5.1+cu121"),
      ...venvFiles("work/site/.venv"),
    });
    for (const path of ["miniforge3", train, "work/site/.venv"]) link(join(folder, path, "bin/python"));
    age(folder);
    const first = await survey(runner);
    expect(of(first, train)?.packages).toEqual([
      { name: "torch", version: "2.5.1+cu121", build: { kind: "cuda", version: "12.1" } },
    ]);
    const [store = ""] = execFileSync("find", [join(folder, ".local"), "-type", "f"], { encoding: "utf8" }).split("\n");
    expect(store).toMatch(/\/\.local\/state\/tensorline\/hosts\/[\w.-]+\/environments-1$/);
    expect(lstatSync(join(folder, ".local/state/tensorline")).mode & 0o777).toBe(0o700);
    // What was kept is believed: this one says a version that no file has.
    const lie = readFileSync(store, "utf8").replace("torch-2.5.1+cu121", "torch-9.9.9+cu999");
    writeFileSync(store, lie);
    const second = await survey(runner);
    expect(of(second, train)?.packages).toMatchObject([{ version: "9.9.9+cu999" }]);
    expect(readFileSync(store, "utf8")).toBe(lie);
    expect(await survey(runner, { ...home, fresh: true })).toEqual(first);
    // A package that comes is seen at once, and what else was kept stays.
    writeTree(folder, pythonPackages("work/site/.venv/lib/python3.12/site-packages", "numpy-2.1.3"));
    writeFileSync(store, lie);
    const third = await survey(runner);
    expect(of(third, "work/site/.venv")?.packages).toEqual([{ name: "numpy", version: "2.1.3" }]);
    expect(of(third, train)?.packages).toMatchObject([{ version: "9.9.9+cu999" }]);
    rmSync(join(folder, "work/site/.venv/lib/python3.12/site-packages/numpy-2.1.3.dist-info"), { recursive: true });
    expect(of(await survey(runner), "work/site/.venv")?.packages).toEqual([]);
    expect(readdirSync(dirname(store))).toEqual(["environments-1"]);
  });

  it("are read without the file of what was kept where that is damaged, foreign or too large", async () => {
    const { folder, runner, of } = withHome(host, venvFiles("work/site/.venv"));
    link(join(folder, "work/site/.venv/bin/python"));
    age(folder);
    const first = await survey(runner);
    const [store = ""] = execFileSync("find", [join(folder, ".local"), "-type", "f"], { encoding: "utf8" }).split("\n");
    const kept = readFileSync(store, "utf8");
    const title = kept.split("\n")[0];
    const damages = [
      "",
      "something else\n",
      kept.slice(0, kept.length / 2),
      `${title}\n${"x".repeat(600_000)}\n`,
      "\0\n\u0001",
    ];
    for (const damage of damages) {
      writeFileSync(store, damage);
      const again = await survey(runner);
      expect(of(again, "work/site/.venv")).toEqual(of(first, "work/site/.venv"));
    }
    expect(readFileSync(store, "utf8").length).toBeLessThan(10_000);
  });

  it("are found where stat knows no formats; nothing is kept then", async () => {
    const { folder, of } = withHome(host, {
      ...venvFiles("work/site/.venv"),
      "tools/bin/stat": "#!/bin/sh\necho 'stat: illegal option -- c' >&2\nexit 1\n",
    });
    link(join(folder, "work/site/.venv/bin/python"));
    const found = await survey(host.with({ HOME: folder, PATH: `${folder}/tools/bin:/usr/bin:/bin` }));
    const site = of(found, "work/site/.venv");
    expect(site).toMatchObject({ manager: "venv", pythonVersion: "3.12.4" });
    expect(site?.error).toBeUndefined();
    expect(execFileSync("find", [join(folder, ".local"), "-type", "f"], { encoding: "utf8" })).toBe("");
  });

  it("with pipes, devices and folders in the place of files stop nothing", async () => {
    const site = "env/lib/python3.12/site-packages";
    const { folder, runner, below } = withHome(host, {
      ...venvFiles("env"),
      ...pythonPackages(site, "torch-2.4.0"),
      "other/lib/python3.12/site-packages/": "",
      "folder/pyvenv.cfg/": "",
      "miniforge3/envs/x/conda-meta/python-3.12.4-0.json": "",
      ".condarc/": "",
    });
    mkdirSync(join(folder, ".conda"));
    mkdirSync(join(folder, site, "torch"));
    mkdirSync(join(folder, "other/bin"));
    const pipes = [
      `${site}/torch/version.py`,
      "other/pyvenv.cfg",
      "other/bin/python",
      "miniforge3/envs/x/conda-meta/history",
    ];
    for (const path of [...pipes, ".conda/environments.txt", ".mambarc"]) execFileSync("mkfifo", [join(folder, path)]);
    link(join(folder, "env/bin/python"), "/dev/zero");
    link(join(folder, "miniforge3/envs/x/bin/python"), join(folder, "other/bin/python"));
    const reasons = below(await survey(runner)).map(({ name, error }) => [name, error?.reason]);
    expect(reasons).toEqual([
      ["x", "noInterpreter"],
      ["env", "noInterpreter"],
    ]);
    expect(await listPackages(runner, join(folder, "miniforge3/envs/x"), noAbort)).toEqual([
      { name: "python", version: "3.12.4" },
    ]);
  });

  it("too many for one answer are left out and counted, and names without end are cut", async () => {
    const long = ["x", "y", "z"].map((letter) => letter.repeat(250)).join("/");
    const count = 120;
    const { folder, runner, below } = withHome(host);
    for (let index = 0; index < count; index++) {
      const prefix = join(folder, ".virtualenvs", long, `${index}`);
      mkdirSync(prefix, { recursive: true });
      writeFileSync(join(prefix, "pyvenv.cfg"), "home = /usr/bin\nversion = 3.12.4\n");
    }
    writeTree(folder, venvFiles("a"));
    for (let index = 0; index < 100; index++) {
      mkdirSync(join(folder, `a/lib/python3.12/site-packages/torch-1.${index}.dist-info`));
    }
    let bytes = 0;
    let about = 0;
    const measured: Runner["run"] = (command, signal) => {
      const parse: typeof command.parse = (output) => {
        bytes = Buffer.byteLength(output.stdout);
        about = output.stdout.split("\n").filter((line) => line.startsWith(" torch-1.")).length;
        return command.parse(output);
      };
      return runner.run({ ...command, parse }, signal);
    };
    const options = { searchPaths: ["~", `~/.virtualenvs/${long}`], depth: 1 };
    const found = await survey({ ...runner, run: measured }, options);
    expect(about).toBe(60);
    expect(bytes).toBeLessThan(1024 * 1024);
    const shown = below(found).length;
    expect(shown).toBeGreaterThan(60);
    expect(shown).toBeLessThan(count);
    expect(found.report.warnings.map(({ reason }) => reason)).toEqual(["many"]);
  });

  it("survive thousands of stale lines in conda's list, an unreadable list, and one without an end", async () => {
    const { folder, runner, below } = withHome(host, { ".conda/environments.txt": "" });
    const stale = Array.from({ length: 5000 }, (_, index) => `/tmp/no-such-folder-${index % 7}/gone ${index}/*`);
    writeTree(folder, condaPackages("elsewhere/deep/down/here/it-is", "conda create -p x", "python-3.12.4-0"));
    link(join(folder, "elsewhere/deep/down/here/it-is/bin/python"));
    const list = [...stale, "", "relative/path", `${folder}/elsewhere/deep/down/here/it-is`].join("\n");
    writeFileSync(join(folder, ".conda/environments.txt"), list);
    const found = await survey(runner);
    expect(below(found)).toMatchObject([{ manager: "conda", name: "it-is", pythonVersion: "3.12.4" }]);
    expect(found.report.warnings).toEqual([]);
    if (asAnother.length > 0) giveTo(folder);
    chmodSync(join(folder, ".conda/environments.txt"), 0o000);
    const { report } = await survey(host.with({ HOME: openTo(folder) }, asAnother));
    expect(report.warnings).toEqual([
      {
        reason: "unreadable",
        message: `${folder}/.conda/environments.txt may not be read by you and was left out.`,
      },
    ]);
  });

  it("of others that may not be read are told about, and stop nothing", async () => {
    const { folder, below } = withHome(host, {
      ...venvFiles("mine"),
      ...venvFiles("closed/env"),
      ...venvFiles("closed-site"),
      ".conda/environments.txt": "",
    });
    for (const path of ["mine", "closed/env", "closed-site"]) link(join(folder, path, "bin/python"));
    writeFileSync(join(folder, ".conda/environments.txt"), `${folder}/closed/env\n${folder}/closed/other/deep\n`);
    giveTo(folder);
    chmodSync(join(folder, "closed"), 0o000);
    chmodSync(join(folder, "closed-site/lib/python3.12/site-packages"), 0o000);
    const found = await survey(host.with({ HOME: openTo(folder) }, asAnother));
    chmodSync(join(folder, "closed"), 0o755);
    chmodSync(join(folder, "closed-site/lib/python3.12/site-packages"), 0o755);
    const reasons = Object.fromEntries(
      below(found).map(({ prefix, error }) => [prefix.slice(folder.length + 1), error?.reason]),
    );
    expect(reasons).toEqual({
      mine: undefined,
      "closed/env": "unreadable",
      "closed/other/deep": "unreadable",
      "closed-site": "unreadable",
    });
    expect(found.report.warnings).toMatchObject([{ reason: "partial" }]);
  });

  it("with hostile texts show nothing but what those say of themselves", async () => {
    const { folder, runner, below } = withHome(host, {
      ...venvFiles("good"),
      ...venvFiles(
        "evil",
        `version = 3.12.4; rm -rf ~ $(id) \u001b[31m\nend\nblocks\nenv /etc\n/etc/pyvenv.cfg\n version = 9\nprompt = ${"x".repeat(100_000)}\n${"home = /x\n".repeat(5000)}`,
      ),
      "evil/lib/python3.12/site-packages/torch-1.0$(id);`x`.dist-info/": "",
      "evil/lib/python3.12/site-packages/torch-2.4.0.dist-info/": "",
      ...venvFiles("binary"),
      "binary/pyvenv.cfg": "home = /usr/bin\0\nversion = 3.1\n\0\0",
    });
    const place = "evil/lib/python3.12/site-packages";
    const forged = `cuda = '${folder}/good/pyvenv.cfg:version = 1'\nhip = None\n`;
    writeTree(folder, {
      [`${place}/torch/version.py`]: forged,
      [`${place}/tensorflow/python/platform/build_info.py`]: forged,
    });
    for (const name of ["good", "evil", "binary"]) link(join(folder, name, "bin/python"));
    const found = await survey(runner);
    expect(
      below(found)
        .map(({ name, pythonVersion }) => [name, pythonVersion])
        .sort(),
    ).toMatchObject([
      ["binary", expect.stringMatching(/^3\.\d+$/)],
      ["evil", "3.12"],
      ["good", "3.12.4"],
    ]);
    expect(below(found).find(({ name }) => name === "evil")?.packages).toEqual([{ name: "torch", version: "2.4.0" }]);
    expect(found.report.environments.some(({ prefix }) => prefix === "/etc")).toBe(false);
  });
});
