import { Duplex } from "node:stream";
import { expect, it } from "vitest";
import { writesTogether } from "../../../src/ssh/writesTogether";

it("what is written in one turn leaves together, in its order", async () => {
  const calls: string[][] = [];
  const stream = writesTogether(
    new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        calls.push([String(chunk)]);
        done();
      },
      writev(chunks, done) {
        calls.push(chunks.map(({ chunk }) => String(chunk)));
        done();
      },
    }),
  );
  stream.write("length");
  stream.write("body");
  stream.write("tag");
  await new Promise(setImmediate);
  stream.write("alone");
  await new Promise(setImmediate);
  expect(calls).toEqual([["length", "body", "tag"], ["alone"]]);
});

it("what has left is given back, but for memory that others may use", async () => {
  let done = () => {};
  const stream = writesTogether(
    new Duplex({
      read() {},
      write(_chunk, _encoding, finish) {
        done = finish;
      },
    }),
  );
  const packet = Buffer.allocUnsafeSlow(100);
  Object.assign(packet.buffer, { [Symbol.for("tensorline.alone")]: true });
  stream.write(packet);
  await new Promise(setImmediate);
  expect(packet.length).toBe(100);
  done();
  await new Promise(setImmediate);
  // Older runtimes cannot free it.
  expect(packet.length).toBe("transfer" in ArrayBuffer.prototype ? 0 : 100);
  const shared = Buffer.allocUnsafeSlow(100);
  stream.write(shared);
  await new Promise(setImmediate);
  done();
  await new Promise(setImmediate);
  expect(shared.length).toBe(100);
});
