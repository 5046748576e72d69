import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Client, ClientChannel } from "ssh2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Fleet, startFleet } from "../../src/demo/fleet";
import { connect } from "./remote";

let fleet: Fleet;
let lab: Client;
const answer = randomBytes(5_000_000);
/** Listens to the end, then answers. */
const server = createServer({ allowHalfOpen: true }, (socket) => {
  let heard = 0;
  socket.on("data", (chunk) => {
    heard += chunk.length;
  });
  socket.on("end", () => socket.end(Buffer.concat([Buffer.from(`${heard} `), answer])));
});

beforeAll(async () => {
  fleet = await startFleet({ recorded: true });
  lab = await connect(fleet, "lab1");
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterAll(async () => {
  lab.end();
  fleet.dispose();
  await new Promise((resolve) => server.close(resolve));
});

const dial = (host: string, port: number): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    lab.forwardOut("127.0.0.1", 0, host, port, (error, channel) => (error ? reject(error) : resolve(channel)));
  });

it("a demo host forwards to this computer's loopback, each end on its own, every byte", async () => {
  const channel = await dial("localhost", (server.address() as AddressInfo).port);
  const heard = buffer(channel);
  channel.end(randomBytes(3_000_000));
  const expected = Buffer.concat([Buffer.from("3000000 "), answer]);
  expect((await heard).equals(expected)).toBe(true);
});

it("a demo host reaches nothing but loopback, and says where nobody listens", async () => {
  const { port } = server.address() as AddressInfo;
  await expect(dial("192.0.2.1", port)).rejects.toThrow(/open failure/i);
  await expect(dial("127.0.0.1", 1)).rejects.toThrow(/open failure/i);
});
