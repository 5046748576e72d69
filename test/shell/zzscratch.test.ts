import { join } from "node:path";
import { it } from "vitest";
import { walkLocal } from "../../src/core/transfer/localTree";
import { clientFacts } from "../../src/core/client";
import { systemClock } from "../../src/core/clock";
import { hosts, newFolder, noAbort, transfers, writeTree } from "./transferHost";
import { survey } from "../../src/core/transfer/survey";

it("measures", async () => {
  const [from, to] = [newFolder(), join(newFolder(), "x")];
  const files: Record<string, string> = { ".gitignore": "data/\n__pycache__/\n*.pyc\n.venv/\n*.log\n" };
  for (let i = 0; i < 250; i++) for (let j = 0; j < 20; j++) files[`src/p${i % 25}/m${i}/f${j}.py`] = `x${i}${j}`;
  writeTree(from, files);
  const host = hosts[0]!;
  const deps = { client: clientFacts(), clock: systemClock };
  await transfers.sync(host.runner, { from, to }, { signal: noAbort });
  for (let n = 0; n < 5; n++) {
    let t = performance.now();
    await walkLocal(deps, from, { ignore: true, as: "x", signal: noAbort });
    const w = performance.now() - t; t = performance.now(); await walkLocal(deps, from, { ignore: false, as: "x", signal: noAbort }); console.log("noignore", performance.now() - t);
    t = performance.now();
    await survey(deps, host.runner, { root: to, from }, noAbort);
    const s = performance.now() - t;
    writeTree(from, { "src/p0/m0/f0.py": { text: `c${n}`, mtime: 1_700_000_000 + n + 1 } });
    t = performance.now();
    const plan = await transfers.planUpload(host.runner, { from, to, ignore: true, delete: true }, noAbort);
    const p = performance.now() - t;
    t = performance.now();
    await transfers.runUpload(host.runner, plan, { signal: noAbort });
    const r = performance.now() - t;
    console.log(plan.upload.length, { w, s, p, r });
  }
});
