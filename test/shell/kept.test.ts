import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { listKept, removeKept, removeWorkTrees } from "../../src/core/operations/kept";
import { jobHostOf, jobRequest } from "./jobHost";
import { fifo, newFolder, noAbort, outcome, request, someShells, testHost } from "./operationHost";

describe.each(someShells("dash", "busybox"))("what is kept on a host, under $name", (shell) => {
  it("is nothing at first", async () => {
    const { runner } = testHost(shell);
    expect(await runner.run(listKept, noAbort)).toEqual([]);
    expect(await runner.run(removeKept, noAbort)).toEqual([]);
  });

  it("is told with its size, and goes but for what still runs", async () => {
    const host = testHost(shell);
    const root = join(host.home, ".local/state/tensorline");
    const gate = fifo();
    const [over, going] = [request("echo done"), request('read -r line <"$1"', { parameters: [gate] })];
    await host.operations.start(over, noAbort);
    await outcome(host, over.id);
    await host.operations.start(going, noAbort);
    const cache = join(dirname(dirname(host.folder(over.id))), "environments-1");
    writeFileSync(cache, "x".repeat(100_000));
    const [kept, ...more] = await host.runner.run(listKept, noAbort);
    expect(more).toEqual([]);
    expect(kept?.path).toBe(root);
    expect(kept?.bytes).toBeGreaterThan(100_000);

    const [left] = await host.runner.run(removeKept, noAbort);
    expect(left?.path).toBe(root);
    expect([over.id, going.id].map((id) => existsSync(host.folder(id)))).toEqual([false, true]);
    expect(existsSync(cache)).toBe(false);
    writeFileSync(gate, "go\n");
    expect((await outcome(host, going.id)).operation.state).toBe("succeeded");
    expect(await host.runner.run(removeKept, noAbort)).toEqual([]);
    expect(existsSync(root)).toBe(false);
  });

  it("holds jobs: those that have ended go with all that they made", async () => {
    const { runner, home } = testHost(shell);
    const host = jobHostOf(runner, home);
    const gate = fifo();
    const over = jobRequest('dd if=/dev/zero of="$TENSORLINE_OUT/model" bs=1024 count=300 2>/dev/null');
    const going = jobRequest(`read -r line <${gate}`);
    await host.submit(over);
    await host.outcome(over.id);
    await host.submit(going);
    const [kept] = await runner.run(listKept, noAbort);
    expect(kept?.jobs?.count).toBe(2);
    expect(kept?.jobs?.bytes).toBeGreaterThan(300_000);
    expect(kept?.jobs?.bytes).toBeLessThan(kept?.bytes ?? 0);
    const [left] = await runner.run(removeKept, noAbort);
    expect(left?.jobs?.count).toBe(1);
    expect([over.id, going.id].map((id) => existsSync(host.folder(id)))).toEqual([false, true]);
    writeFileSync(gate, "go\n");
    expect((await host.outcome(going.id)).job.state).toBe("succeeded");
    expect(await runner.run(removeKept, noAbort)).toEqual([]);
  });

  it("holds work trees, which go by name, and only where no job uses them", async () => {
    const { runner, home } = testHost(shell);
    const host = jobHostOf(runner, home);
    const gate = join(newFolder(), "gate");
    execFileSync("mkfifo", [gate]);
    const treeOf = (name: string) => join(home, ".local/state/tensorline/work", name);
    const trees = ["used-0123", "left-4567", "kept-89ab"].map(treeOf);
    for (const tree of trees) {
      mkdirSync(tree, { recursive: true });
      writeFileSync(join(tree, "train.py"), "x".repeat(50_000));
    }
    const [used = "", left = "", stays = ""] = trees;
    const going = jobRequest(`read -r line <${gate}`, { folder: ".", snapshot: { from: used, linked: ["data"] } });
    await host.submit(going);
    const [kept] = await runner.run(listKept, noAbort);
    expect(kept?.workTrees.map(({ path }) => path)).toEqual([stays, left]);
    expect(kept?.workTrees[0]?.bytes).toBeGreaterThan(50_000);
    await runner.run(removeWorkTrees([used, left, "/", home, join(stays, "..")]), noAbort);
    expect(trees.map((tree) => existsSync(tree))).toEqual([true, false, true]);
    expect((await runner.run(removeKept, noAbort))[0]?.workTrees).toMatchObject([{ path: stays }]);
    writeFileSync(gate, "go\n");
    expect((await host.outcome(going.id)).job.state).toBe("succeeded");
    const [after] = await runner.run(removeWorkTrees([used]), noAbort);
    expect(after?.workTrees).toMatchObject([{ path: stays }]);
  });

  it("does not reach into a folder of somebody else or behind a link", async () => {
    const elsewhere = newFolder();
    const host = testHost(shell, { HOME: newFolder() });
    mkdirSync(join(elsewhere, "hosts/m"), { recursive: true });
    writeFileSync(join(elsewhere, "hosts/m/environments-1"), "kept");
    mkdirSync(join(host.home, ".local/state"), { recursive: true });
    execFileSync("ln", ["-s", elsewhere, join(host.home, ".local/state/tensorline")]);
    expect(await host.runner.run(removeKept, noAbort)).toEqual([]);
    expect(existsSync(join(elsewhere, "hosts/m/environments-1"))).toBe(true);
  });
});
