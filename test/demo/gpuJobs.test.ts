import type { Client } from "ssh2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fleet, startFleet } from "../../src/demo/fleet";
import { quickProgram } from "../shell/gpuTicketHost";
import { connect, open, readUntil, text } from "./remote";

let fleet: Fleet;
const clients: Client[] = [];

beforeAll(async () => {
  fleet = await startFleet({ seed: 5 });
});

afterAll(() => {
  for (const client of clients) client.end();
  fleet.dispose();
});

async function login(name: string): Promise<Client> {
  const client = await connect(fleet, name);
  clients.push(client);
  return client;
}

/** Asks for GPUs as a supervisor does, and then runs as a job with what it was given. Resolves with the words and the job's pid. */
async function runJob(client: Client, id: string, wish: string): Promise<{ granted: string; pid: number }> {
  const channel = await open(
    client,
    `mkdir -p m1/jobs/${id} && cd m1/jobs/${id} && cat >gpus && echo '${wish}' >gpus.wish && mkfifo pipe && exec 5<>pipe || exit
     TENSORLINE_SUPERVISOR=$$ setsid sh "$PWD/gpus" &
     while IFS= read -r line <&5; do
       echo "$line"
       case $line in *granted*) break ;; esac
     done
     for word in \${line#* -- }; do export "$word"; done
     export TENSORLINE_JOB=${id}
     setsid sleep 100000 5>&- </dev/null >/dev/null 2>&1 &
     echo "pid $!"
     IFS= read -r line <&5`,
  );
  channel.end(quickProgram);
  const said = await readUntil(channel, (read) => /pid \d+\n/.test(read));
  return { granted: /gpus granted (.*)/.exec(said)?.[1] ?? said, pid: Number(/pid (\d+)/.exec(said)?.[1]) };
}

describe("a job that somebody really runs on a demo host", () => {
  test("gets an idle GPU, and shows there with its memory, work and owner until it ends", async () => {
    const lab = await login("lab1");
    const uuids = (await text(lab, "nvidia-smi --query-gpu=uuid --format=csv,noheader")).trim().split("\n");
    const { granted, pid } = await runJob(lab, "train", "any 1 0 1");
    expect(granted).toBe(`1:${uuids[1]} -- CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES=${uuids[1]}`);
    const apps = "nvidia-smi --query-compute-apps=gpu_uuid,pid,used_memory --format=csv,noheader,nounits";
    await text(lab, `until ${apps} | grep -q "^${uuids[1]}, ${pid}, [1-9]"; do sleep 0.05; done`);
    const gpu = "nvidia-smi -i 1 --query-gpu=memory.used,utilization.gpu --format=csv,noheader,nounits";
    const [memory = 0, busy = 0] = (await text(lab, gpu)).split(", ").map(Number);
    expect(memory).toBeGreaterThan(10_000);
    expect(busy).toBeGreaterThan(0);
    expect(await text(lab, `grep ^Uid: "$HOST_PROC/${pid}/status"`)).toBe("Uid:\t2001\t2001\t2001\t2001\n");
    // Its ticket lies on its own machine.
    expect(await text(lab, 'cat "$HOST_VAR"/tmp/tensorline-gpu/1-*')).toContain(`1 holding m1 train `);
    await text(lab, `kill ${pid}; while ${apps} | grep -q ", ${pid},"; do sleep 0.05; done`);
    expect(await text(lab, gpu)).toBe("0, 0\n");
  });

  test("gets GPUs of AMD by HIP's indices, and a MIG slice where it asked for one", async () => {
    const mi300 = await login("mi300");
    const { granted, pid } = await runJob(mi300, "hip", "any 1 0 1");
    const index = /HIP_VISIBLE_DEVICES=(\d)$/.exec(granted)?.[1];
    expect(index).toBeDefined();
    await text(mi300, `until ls "$HOST_SYS/class/kfd/kfd/proc/${pid}"; do sleep 0.05; done`);
    const lab = await login("lab1");
    const slices = (await text(lab, "nvidia-smi -L")).match(/MIG-[0-9a-f-]+/g) ?? [];
    const sliced = await runJob(lab, "slice", `these 0 ${slices[2]}`);
    expect(sliced.granted).toContain(`CUDA_VISIBLE_DEVICES=${slices[2]}`);
    await text(lab, `until nvidia-smi -q -x | grep -q '<pid>${sliced.pid}<'; do sleep 0.05; done`);
  });

  test("of several processes shows each rank on its own GPU", async () => {
    const rtx = await login("rtx");
    const started = await text(
      rtx,
      `for rank in '' 0 1; do
         TENSORLINE_JOB=two CUDA_VISIBLE_DEVICES=0,1 \${rank:+env LOCAL_RANK=$rank} setsid sleep 100000 </dev/null >/dev/null 2>&1 &
         echo "$!"
       done`,
    );
    const [launcher, ...ranks] = started.trim().split("\n");
    const apps = "nvidia-smi --query-compute-apps=gpu_bus_id,pid --format=csv,noheader";
    const found = await text(
      rtx,
      `until ${apps} | grep -q ", ${ranks[0]}$" && ${apps} | grep -q ", ${ranks[1]}$"; do sleep 0.05; done; ${apps}`,
    );
    const buses = ranks.map((pid) => new RegExp(`^(\\S+), ${pid}$`, "m").exec(found)?.[1]);
    expect(new Set(buses).size).toBe(2);
    expect(found).not.toMatch(new RegExp(`, ${launcher}$`, "m"));
  });
});
