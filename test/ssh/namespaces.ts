import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { withoutSshd } from "./sshd";

/** Network namespaces in a row: each reaches only its neighbours, the first of them also this machine. */
export interface NamespaceRow {
  /** Where something can listen, nearest first. */
  readonly places: readonly { readonly namespace: string; readonly address: string }[];
  dispose(): void;
}

const ip = (...args: string[]) => execFileSync("ip", args, { stdio: "pipe" });

/** Why namespaces cannot be made here, or undefined when they can. */
export const withoutNamespaces = withoutSshd ?? whyNone();

function whyNone(): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync("/usr/sbin/ip")) return "needs root and iproute2 for network namespaces";
  const name = `tlprobe${process.pid}`;
  try {
    ip("netns", "add", name);
    ip("netns", "del", name);
    return undefined;
  } catch {
    return "this system makes no network namespaces";
  }
}

/** Addresses come from 198.18.0.0/15, which is set aside for tests (RFC 2544). */
export function makeNamespaces(count: number): NamespaceRow {
  const prefix = `tl${process.pid % 100_000}n`;
  const places: { namespace: string; address: string }[] = [];
  const dispose = () => {
    for (const { namespace } of places) ip("netns", "del", namespace);
  };
  try {
    for (let index = 0; index < count; index++) {
      const namespace = `${prefix}${index}`;
      const before = places.at(-1)?.namespace;
      const [near, far] = [`${prefix}${index}a`, `${prefix}${index}b`];
      ip("netns", "add", namespace);
      places.push({ namespace, address: `198.18.${index + 1}.2` });
      ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", namespace);
      if (before !== undefined) ip("link", "set", near, "netns", before);
      const nearSide = before === undefined ? [] : ["-n", before];
      for (const [where, link, host] of [
        [nearSide, near, 1],
        [["-n", namespace], far, 2],
      ] as const) {
        ip(...where, "addr", "add", `198.18.${index + 1}.${host}/30`, "dev", link);
        ip(...where, "link", "set", link, "up");
      }
      ip("-n", namespace, "link", "set", "lo", "up");
    }
  } catch (error) {
    dispose();
    throw error;
  }
  return { places, dispose };
}
