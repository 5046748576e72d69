import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { knownHostsStore } from "../../../src/ssh/knownHostsStore";

const blob = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from("ssh-ed25519"), Buffer.alloc(36, 5)]);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tensorline-store-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("our own known_hosts", () => {
  it("loses nothing when many windows write at once, and leaves nothing behind", async () => {
    const file = join(folder, "deep", "known_hosts");
    const names = Array.from({ length: 20 }, (_, index) => `host${index}`);
    await Promise.all(names.map((name) => knownHostsStore(file).add(name, blob, "ssh-ed25519")));
    const lines = (await readFile(file, "utf8")).trim().split("\n");
    expect(lines.map((line) => line.split(" ")[0]).sort()).toEqual([...names].sort());
    expect(await readdir(join(folder, "deep"))).toEqual(["known_hosts"]);
  });

  it("forgets one host and keeps the others, comments and revocations", async () => {
    const file = join(folder, "known_hosts");
    const key = blob.toString("base64");
    const kept = ["# note", `@revoked lab ssh-ed25519 ${key}`, `[lab]:2222 ssh-ed25519 ${key}`];
    await writeFile(file, [...kept, `lab ssh-ed25519 ${key}`].map((line) => `${line}\n`).join(""));
    await knownHostsStore(file).remove("lab");
    expect((await readFile(file, "utf8")).trim().split("\n")).toEqual(kept);
  });

  it("takes over a lock that a dead window left", async () => {
    const file = join(folder, "known_hosts");
    await writeFile(`${file}.lock`, "");
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(`${file}.lock`, longAgo, longAgo);
    await knownHostsStore(file).add("lab", blob, "ssh-ed25519");
    expect(await readFile(file, "utf8")).toMatch(/^lab ssh-ed25519 /);
  });
});
