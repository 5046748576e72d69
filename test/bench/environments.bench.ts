import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { listPackages } from "../../src/core/environments/survey/listPackages";
import { surveyEnvironments } from "../../src/core/environments/survey/surveyEnvironments";
import { spec } from "../host/harness/spec";
import { median, ms, report } from "./figures";
import { startBenchEngine, startBenchServer } from "./server";

const count = 100;
const packageCount = 400;
const rounds = 10;
const options = { searchPaths: ["~"], depth: 3 };

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** An environment with frameworks among its packages; half of the home's are conda's, the others in projects. */
async function writeEnvironment(prefix: string, isConda: boolean): Promise<void> {
  const site = join(prefix, "lib", "python3.12", "site-packages");
  const names = Array.from({ length: packageCount - 2 }, (_, index) => `package_${index}-1.${index}`);
  for (const name of [...names, "torch-2.13.0+cu130", "numpy-2.1.3"]) {
    await write(join(site, `${name}.dist-info`, "METADATA"), "Metadata-Version: 2.1\n");
  }
  await write(join(site, "torch", "version.py"), "cuda: Optional[str] = '13.0'\nhip: Optional[str] = None\n");
  await mkdir(join(prefix, "bin"));
  await symlink("/bin/sh", join(prefix, "bin", "python"));
  if (!isConda) return write(join(prefix, "pyvenv.cfg"), "home = /usr/bin\nversion = 3.12.4\n");
  await write(join(prefix, "conda-meta", "history"), "# cmd: conda create -n x\n");
  for (const name of ["python-3.12.4-0", ...names]) await write(join(prefix, "conda-meta", `${name}-0.json`), "{}");
  return undefined;
}

spec(
  "environments of a host",
  async () => {
    const home = await mkdtemp(join(tmpdir(), "tensorline-bench-environments-"));
    await writeEnvironment(join(home, "miniforge3"), true);
    for (let index = 1; index < count; index++) {
      const folder = index % 2 === 0 ? `miniforge3/envs/env${index}` : `work/project${index}/.venv`;
      await writeEnvironment(join(home, folder), index % 2 === 0);
    }
    const server = await startBenchServer({ HOME: home });
    const engine = startBenchEngine(join(server.folder, "storage"));
    try {
      const { signal } = new AbortController();
      const runner = await engine.connections().acquire(server.host(1)).connected(signal);
      const timeOf = async (work: () => Promise<unknown>) => {
        const started = performance.now();
        await work();
        return performance.now() - started;
      };
      const survey = async (fresh: boolean) => {
        const { report: found } = await surveyEnvironments(runner, { ...options, fresh }, signal);
        const ours = found.environments.filter(({ prefix }) => prefix.startsWith(home));
        if (ours.length !== count) throw new Error(`${ours.length} environments were found`);
      };
      const first: number[] = [];
      for (let round = 0; round < rounds; round++) first.push(await timeOf(() => survey(true)));
      const again: number[] = [];
      for (let round = 0; round <= rounds; round++) again.push(await timeOf(() => survey(false)));
      const packages: number[] = [];
      for (let round = 0; round < rounds; round++) {
        packages.push(
          await timeOf(async () => {
            const found = await listPackages(runner, join(home, "work", "project1", ".venv"), signal);
            if (found.length !== packageCount) throw new Error(`${found.length} packages were found`);
          }),
        );
      }
      const place = `real files on this machine's disk, ${packageCount} packages each, over the short lane`;
      await report({
        figure: `Finding ${count} environments, nothing kept from before, p50`,
        target: "< 2 s",
        measured: ms(median(first)),
        met: median(first) < 2000,
        method: `${rounds} times; half conda's, half in projects; ${place}; the files are in the machine's memory`,
      });
      await report({
        figure: `Finding ${count} environments again when nothing changed, p50`,
        target: "< 300 ms",
        measured: ms(median(again.slice(1))),
        met: median(again.slice(1)) < 300,
        method: `${rounds} times; ${place}`,
      });
      await report({
        figure: `Listing the ${packageCount} packages of an environment, p50`,
        target: "< 500 ms",
        measured: ms(median(packages)),
        met: median(packages) < 500,
        method: `${rounds} times, over the short lane; no Python is started`,
      });
    } finally {
      engine.dispose();
      await server.dispose();
      await rm(home, { recursive: true, force: true });
    }
  },
  { deadlineMs: 300_000 },
);
