import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { submitCommand } from "../../src/core/jobs/commands";
import type { JobRequest } from "../../src/core/jobs/request";
import type { RemoteCommand } from "../../src/core/remote";
import type { Job } from "../../src/shared/jobs";
import { type JobTestHost, jobHost, jobRequest } from "./jobHost";
import { aliveWith, killAll, newFolder, someShells, until } from "./operationHost";

/** Says what comes through a pipe to the supervisor, as the program that chooses GPUs does, and notes when it has to go. */
const puppet = `trap 'echo gone >"$PWD/gone"; exit' TERM
exec 5>&-
until [ -p strings ]; do sleep 0.1 || sleep 1; done
exec 3<>strings
while IFS= read -r line <&3; do
  [ "$line" != die ] && [ -p "/proc/$TENSORLINE_SUPERVISOR/fd/5" ] || exit 1
  echo "gpus $line" >"/proc/$TENSORLINE_SUPERVISOR/fd/5"
done`;

const wish = (text: string, more: Partial<JobRequest> = {}) =>
  jobRequest(text, { gpus: { kind: "any", count: 2, memoryBytes: 1e9, queue: true }, ...more });

/** A submission with the puppet in the place of the program that chooses GPUs. */
function withPuppet(request: JobRequest): RemoteCommand<Job> {
  const command = submitCommand(request);
  const [first, ...rest] = command.argv;
  return { ...command, argv: [first, ...rest.slice(0, -1), puppet] };
}

describe.each(someShells("bash", "busybox"))("a job that waits for GPUs under $name", (shell) => {
  /** Submits, and gives a function that makes the puppet say something. */
  async function queued(host: JobTestHost, request: JobRequest) {
    await host.run(withPuppet(request));
    const strings = join(host.folder(request.id), "strings");
    execFileSync("mkfifo", [strings]);
    return (line: string) => writeFile(strings, `${line}\n`);
  }
  const state = async (host: JobTestHost, id: string, fits: (job: Job) => boolean) => {
    for (;;) {
      const job = await host.look(id);
      if (fits(job)) return job;
    }
  };

  it("tells what it waits for, and begins with those that it is given", async () => {
    const home = newFolder();
    writeFileSync(join(home, ".profile"), "CUDA_VISIBLE_DEVICES=7; export CUDA_VISIBLE_DEVICES\n");
    const host = jobHost(shell, { HOME: home });
    const request = wish(
      'echo "$CUDA_VISIBLE_DEVICES $CUDA_DEVICE_ORDER[$TENSORLINE_GPUS]"; read -r line <"$HOME/gate"',
    );
    execFileSync("mkfifo", [join(home, "gate")]);
    const say = await queued(host, request);
    const before = await host.look(request.id);
    expect(before).toMatchObject({ state: "queued", reason: "waitingForGpus" });
    expect(before.startedAt).toBeUndefined();
    await say("waiting 2 GPU 0: alice, 71 GB; GPU 1: ticket of bob");
    expect(await state(host, request.id, ({ ahead }) => ahead !== undefined)).toMatchObject({
      state: "queued",
      ahead: 2,
      message: "GPU 0: alice, 71 GB; GPU 1: ticket of bob",
    });
    await say("granted 0:GPU-aa 3:MIG-bb/1 -- CUDA_VISIBLE_DEVICES=GPU-aa,MIG-bb/1 CUDA_DEVICE_ORDER=PCI_BUS_ID");
    await host.says(request.id, "GPU-aa,MIG-bb/1 PCI_BUS_ID[]");
    const running = await state(host, request.id, (job) => job.state === "running");
    expect(running.gpus).toEqual([
      { index: 0, uuid: "GPU-aa" },
      { index: 3, uuid: "MIG-bb/1" },
    ]);
    expect([running.reason, running.message, running.ahead]).toEqual([undefined, undefined, undefined]);
    expect(existsSync(join(host.folder(request.id), "gone"))).toBe(false);
    await writeFile(join(home, "gate"), "go\n");
    expect((await host.outcome(request.id)).job).toMatchObject({ state: "succeeded", gpus: running.gpus });
    await until(() => existsSync(join(host.folder(request.id), "gone")));
    await until(() => aliveWith(request.id).length === 0);
  });

  it("is stopped in the queue, refused, or told that nobody chooses", async () => {
    const host = jobHost(shell);
    const [stopped, refused, dead] = [wish("echo no"), wish("echo no"), wish("echo no")];
    await queued(host, stopped);
    expect(await host.stop(stopped.id)).toMatchObject({ state: "stopped" });
    await (await queued(host, refused))("refused GPU 0 is alice's");
    const first = await host.outcome(refused.id);
    expect(first).toMatchObject({
      job: { state: "failed", reason: "gpusUnavailable", message: "GPU 0 is alice's" },
      log: "",
    });
    await (await queued(host, dead))("die");
    expect((await host.outcome(dead.id)).job).toMatchObject({ state: "failed", reason: "couldNotStart" });
    for (const { id } of [stopped, refused, dead]) await until(() => aliveWith(id).length === 0);
  });

  it("is started again by whoever looks when its supervisor died, but not where its secrets died with that", async () => {
    const host = jobHost(shell);
    const [plain, secret] = [wish("echo ran"), wish("echo ran", { secrets: { TOKEN: "x" } })];
    const say = await queued(host, plain);
    await queued(host, secret);
    for (const { id } of [plain, secret]) {
      // With all that it would leave, which would take the words that are meant for the next.
      await killAll(id);
    }
    const looks = await Promise.all([host.list(), host.list()]);
    expect(looks.flat().filter(({ id }) => id === plain.id)).toMatchObject([{ state: "queued" }, { state: "queued" }]);
    expect(await host.look(secret.id)).toMatchObject({ state: "lost", reason: "secretsGone" });
    expect(host.supervisor(plain.id, 2).pid).toBeGreaterThan(0);
    expect(existsSync(join(host.folder(plain.id), "holder.3"))).toBe(false);
    const told = host.outcome(plain.id);
    await say("granted 0:GPU-aa -- A=b");
    expect((await told).log).toBe("ran\n");
  });
});
