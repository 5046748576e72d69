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
