import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostRef } from "../../src/core/ports";
import { attempts } from "./attempts";
import { hostOf, person, secretsInMemory } from "./client";
import { readText, type Sshd, startSshd, withoutUsers } from "./sshd";

const { newClient, outcome } = attempts();

describe.skipIf(withoutUsers)(`questions on the way${withoutUsers ? `: ${withoutUsers}` : ""}`, () => {
  let bastion: Sshd;
  let target: Sshd;
  let host: HostRef;

  beforeAll(async () => {
    const config = ["PasswordAuthentication yes", "PubkeyAuthentication no"];
    bastion = await startSshd({ config, users: [{ password: "for the bastion" }] });
    target = await startSshd({ config, users: [{ password: "for the target" }] });
    const file = join(target.folder, "jump");
    const text = (await readText(bastion.configFile)).replaceAll("Host box0", "Host bastion");
    const inner = (await readText(target.configFile)).replaceAll("Host box0", "Host gpu\n  ProxyJump bastion");
    await writeFile(file, `${text}\n${inner}`);
    host = { ...hostOf(target, "gpu"), configFile: file };
  });
  afterAll(async () => {
    await bastion.dispose();
    await target.dispose();
  });

  it("are told apart by the hop they are for, and each password goes only where it belongs", async () => {
    const user = person([
      { text: "for the bastion", remember: true },
      { text: "for the target", remember: true },
    ]);
    const secrets = secretsInMemory();
    const [atBastion, atTarget] = [bastion.users[0]?.name, target.users[0]?.name];
    expect(await outcome(host, newClient({ prompts: user, secrets }))).toBe("there");
    expect(user.questions).toMatchObject([
      { host: "bastion", title: `Password for ${atBastion}@bastion, on the way to gpu` },
      { host: "gpu", title: `Password for ${atTarget}@gpu` },
    ]);
    expect([...secrets.all]).toEqual([
      [`password ${atBastion}@127.0.0.1:${bastion.port}`, "for the bastion"],
      [`password ${atTarget}@127.0.0.1:${target.port}`, "for the target"],
    ]);
    const nobody = person();
    expect(await outcome(host, newClient({ prompts: nobody, secrets }))).toBe("there");
    expect(nobody.questions).toEqual([]);
  });
});
