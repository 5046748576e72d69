import { writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { Transform } from "node:stream";
import type { HostRef } from "../../src/core/ports";
import type { Sshd } from "./sshd";

/** A TCP relay to a port of 127.0.0.1 that can misbehave as networks do. */
export interface Relay {
  readonly port: number;
  /** How many connections came so far. */
  accepted(): number;
  /** Hangs up on new connections at once. */
  refuse(on: boolean): void;
  /** Takes new connections and passes nothing on. */
  stall(on: boolean): void;
  /** Cuts every connection. */
  cut(): void;
  /** Cuts every connection once so many more bytes have passed, whichever way; the last of them still arrives. */
  cutAfter(bytes: number): void;
  /** Passes nothing on any more, in either direction, and closes nothing: what a sleeping laptop or a dead link looks like. */
  freeze(): void;
  dispose(): Promise<void>;
}

export async function startRelay(target: number): Promise<Relay> {
  const pairs = new Set<[Socket, Socket]>();
  let accepted = 0;
  let refusing = false;
  let left = Number.POSITIVE_INFINITY;
  const counter = () =>
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const passing = chunk.subarray(0, left);
        left -= passing.length;
        done(null, passing);
        if (left > 0) return;
        left = Number.POSITIVE_INFINITY;
        cut();
      },
    });
  let stalling = false;
  const server = createServer((near): void => {
    accepted++;
    if (refusing) {
      near.destroy();
      return;
    }
    const far = connect(target, "127.0.0.1");
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    if (!stalling) {
      near.pipe(counter()).pipe(far);
      far.pipe(counter()).pipe(near);
    }
    for (const side of pair) {
      side.on("error", () => {});
      side.on("close", () => {
        near.destroy();
        far.destroy();
        pairs.delete(pair);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  function cut(): void {
    for (const [near] of [...pairs]) near.destroy();
  }
  return {
    port: address.port,
    accepted: () => accepted,
    refuse(on) {
      refusing = on;
    },
    stall(on) {
      stalling = on;
    },
    cut,
    cutAfter(bytes) {
      left = bytes;
    },
    freeze() {
      for (const side of [...pairs].flat()) {
        side.unpipe();
        side.pause();
      }
    },
    dispose() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The server as the alias `box`, through the relay. */
export async function hostBehind(relay: Relay, server: Sshd, user = server.user): Promise<HostRef> {
  const configFile = join(server.folder, "relayed");
  const where = ["Host box", "HostName 127.0.0.1", `Port ${relay.port}`, `User ${user}`];
  const known = [`HostKeyAlias [127.0.0.1]:${server.port}`, `UserKnownHostsFile ${server.knownHostsFile}`];
  const keys = [`IdentityFile ${server.userKeyFile}`, "IdentityAgent none"];
  await writeFile(configFile, `${[...where, ...known, ...keys].join("\n")}\n`);
  return { name: "box", configFile };
}
