import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock";
import { createOperations } from "../../src/core/operations/operations";
import { createLocalRunner } from "../mocks/localRunner";
import {
  aliveWith,
  fifo,
  follow,
  fullRun,
  newFolder,
  noAbort,
  outcome,
  request,
  someShells,
  testHost,
  until,
  withTools,
} from "./operationHost";
import { mount, withoutMount } from "./smallDisk";

describe.each(someShells("bash", "zsh"))("under $name", (shell) => {
  describe.skipIf(withoutMount !== undefined)(`a home of its own (${withoutMount ?? "tmpfs"})`, () => {
    it("that becomes full costs output, not the work, and its end is known", async () => {
      const home = mount("size=1m");
      const host = testHost(shell, { HOME: home });
      const gate = fifo();
      const script = `exec 3<>"$1"
        echo begun
        read -r line <&3
        dd if=/dev/zero of="$HOME/filler" bs=4096 2>/dev/null
        dd if=/dev/zero bs=65536 count=40 2>/dev/null
        read -r line <&3
        echo after; exit 3`;
      const wish = request(script, { parameters: [gate], undo: 'rm "$HOME/filler"; echo undone' });
      await host.operations.start(wish, noAbort);
      const following = follow(host, wish.id);
      await following.says("begun\n");
      for (const line of ["fill the disk\n", "go on\n"]) await writeFile(gate, line);
      const operation = await following.ended;
      expect(operation).toMatchObject({ state: "failed", exitCode: 3 });
      expect(operation.leftovers).toBeUndefined();
      expect(following.text()).toMatch(/^begun\n[\s\S]*the disk was full/);
    });

    it("that is full already is not used", async () => {
      const home = mount("size=64k");
      try {
        execFileSync("dd", ["if=/dev/zero", `of=${join(home, "filler")}`, "bs=1024"], { stdio: "pipe" });
      } catch {
        // That is how it is filled.
      }
      const host = testHost(shell, { HOME: home });
      const wish = request("echo ran");
      await host.operations.start(wish, noAbort);
      expect((await outcome(host, wish.id)).log.toString()).toBe("ran\n");
      await host.operations.forget(wish.id, noAbort);
    });

    it("that is read-only is not used", async () => {
      const host = testHost(shell, { HOME: mount("ro,size=64k") });
      const wish = request("echo ran");
      await host.operations.start(wish, noAbort);
      expect((await outcome(host, wish.id)).log.toString()).toBe("ran\n");
      await host.operations.forget(wish.id, noAbort);
    });
  });

  it.skipIf(withoutMount !== undefined).each([
    ["ro,size=64k", "hostReadOnly"],
    ["size=4k", "hostDiskFull"],
  ])(
    `no place to write to on a file system with %s is told: %s (${withoutMount ?? "tmpfs"})`,
    async (settings, reason) => {
      const home = newFolder();
      const script = `mount -t tmpfs -o ${settings} none "$HOME" && mount -t tmpfs -o ${settings} none /var/tmp && exec "$0" "$@"`;
      const runner = createLocalRunner({
        shell: ["unshare", "-m", "sh", "-c", script, shell.sh],
        env: {
          PATH: shell.path.includes("/usr/bin") ? shell.path : `${shell.path}:/usr/bin`,
          HOME: home,
          SHELL: shell.sh,
        },
      });
      const operations = createOperations({ host: { connected: async () => runner }, clock: systemClock });
      await expect(operations.start(request("exit 0"), noAbort)).rejects.toMatchObject({ problem: { reason } });
    },
  );

  it("start-up files that hang are given up, and the work runs", async () => {
    const home = newFolder();
    const hang = fifo();
    writeFileSync(join(home, ".profile"), `echo hang >${hang}; exec sleep 1000\n`);
    // Its fifteen seconds are over as soon as they hang.
    const sleep = `case $1 in 15) read -r line <${hang} ;; *) exec /bin/sleep "$1" ;; esac`;
    const host = testHost(withTools(shell, { sleep }), { HOME: home });
    const wish = request("echo ran");
    await host.operations.start(wish, noAbort);
    const { operation, log } = await outcome(host, wish.id);
    expect([operation.state, log.toString()]).toEqual(["succeeded", "ran\n"]);
    await until(() => aliveWith(wish.id).length === 0);
  });

  it("many operations are listed at once, newest first", async () => {
    const host = testHost(shell);
    const wish = request("exit 0");
    await host.operations.start(wish, noAbort);
    await outcome(host, wish.id);
    const folder = join(host.folder(wish.id), "..");
    const many = fullRun ? 1000 : 300;
    for (let index = 0; index < many; index++) {
      const name = join(folder, `many-${index}`);
      mkdirSync(name);
      symlinkSync("boot:1:1", join(name, "holder.1"));
      const time = new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString().replace(".000", "");
      writeFileSync(join(name, "state"), `1 failed ${index % 256} ${time} ${time} left\n`);
      writeFileSync(join(name, "title"), `${"ü".repeat(199)}\n`);
    }
    const all = await host.operations.list(noAbort);
    expect(all.length).toBe(many + 1);
    expect(all[1]).toMatchObject({
      id: `many-${many - 1}`,
      state: "failed",
      exitCode: (many - 1) % 256,
      leftovers: true,
    });
    rmSync(folder, { recursive: true });
  });

  it("a log of 100 MB is followed whole", async () => {
    const host = testHost(shell);
    const wish = request("dd if=/dev/zero bs=1048576 count=100 2>/dev/null | tr '\\0' x; echo end");
    await host.operations.start(wish, noAbort);
    let bytes = 0;
    let last = Buffer.alloc(0);
    const output = (chunk: Uint8Array) => {
      bytes += chunk.length;
      last = Buffer.concat([last, chunk]).subarray(-5);
    };
    const { state } = await host.operations.follow(wish.id, 0, { output }, noAbort);
    expect([state, bytes, last.toString()]).toEqual(["succeeded", 100 * 1024 * 1024 + 4, "xend\n"]);
  });
});
