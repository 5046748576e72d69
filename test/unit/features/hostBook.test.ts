import { expect, it, vi } from "vitest";
import { Failure } from "../../../src/core/failure";
import type { HostRef } from "../../../src/core/ports";
import { createHostBook } from "../../../src/features/hosts/hostBook";

function book(configured: string[] = [], added: string[] = []) {
  let pinned: HostRef | undefined;
  return createHostBook({
    configuredHosts: async () => configured,
    configFile: () => undefined,
    addedHosts: () => added,
    async setAddedHosts(hosts) {
      added = [...hosts];
    },
    readPinned: () => pinned,
    writePinned: (host) => {
      pinned = host;
    },
  });
}

it("lists the ssh config's hosts first, then the added ones, none twice", async () => {
  const hosts = await book(["lab1", "lab2"], ["alice@gpu:2222", "lab1"]).entries();
  expect(hosts.map((host) => [host.ref.name, host.origin])).toEqual([
    ["lab1", "config"],
    ["lab2", "config"],
    ["alice@gpu:2222", "added"],
  ]);
});

it("adds a host once and forgets a removed one that was selected", async () => {
  const hosts = book();
  const changed = vi.fn();
  hosts.onChange(changed);
  const ref = await hosts.add("gpu");
  await hosts.add("gpu");
  expect((await hosts.entries()).map((host) => host.ref.name)).toEqual(["gpu"]);
  hosts.select(ref);
  await hosts.remove("gpu");
  expect(await hosts.entries()).toEqual([]);
  expect(hosts.selected()).toBeUndefined();
  expect(changed).toHaveBeenCalled();
});

it("does not say that there are other hosts where one is only selected or pinned", async () => {
  const hosts = book(["lab1"]);
  const demo = { name: "lab1", configFile: "/tmp/demo/config" };
  hosts.setDemo([demo]);
  const [changed, chosen] = [vi.fn(), vi.fn()];
  hosts.onChange(changed);
  hosts.onChoice(chosen);
  hosts.select(demo);
  hosts.select(demo);
  expect(chosen).toHaveBeenCalledTimes(1);
  hosts.pin(demo);
  hosts.pin(undefined);
  hosts.pin({ name: "lab1" });
  expect(chosen).toHaveBeenCalledTimes(4);
  expect(changed).not.toHaveBeenCalled();
  hosts.setDemo([]);
  expect(changed).toHaveBeenCalledTimes(1);
  expect(chosen).toHaveBeenCalledTimes(5);
  hosts.setDemo([demo]);
  expect(chosen).toHaveBeenCalledTimes(5);
});

it("keeps the added hosts and says why when the ssh config cannot be read", async () => {
  const hosts = createHostBook({
    configuredHosts: () => Promise.reject(new Failure({ reason: "configUnreadable", file: "/no", detail: "missing" })),
    configFile: () => "/no",
    addedHosts: () => ["gpu"],
    setAddedHosts: async () => {},
    readPinned: () => undefined,
    writePinned: () => {},
  });
  expect((await hosts.entries()).map((host) => host.ref.name)).toEqual(["gpu"]);
  expect(hosts.problem()?.reason).toBe("configUnreadable");
});

it("forgets the pin of a demo host with the demo fleet, and shows the one before", () => {
  const hosts = book(["lab1"]);
  const demo = { name: "lab1", configFile: "/tmp/demo/config" };
  hosts.pin({ name: "lab1" });
  hosts.setDemo([demo]);
  hosts.pin(demo);
  expect(hosts.pinned()).toEqual(demo);
  hosts.setDemo([]);
  expect(hosts.pinned()).toEqual({ name: "lab1" });
});

it("tells a demo host from a host of the same name", () => {
  const hosts = book(["lab1"]);
  const demo = { name: "lab1", configFile: "/tmp/demo/config" };
  hosts.setDemo([demo]);
  hosts.select(demo);
  expect(hosts.selected()).toEqual(demo);
  hosts.setDemo([]);
  expect(hosts.selected()).toBeUndefined();
});
