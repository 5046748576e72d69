import { writeFileSync } from "node:fs";
import { chance } from "./random";

const binaryBytes = 4096;
const longLineBytes = 10 * 1024 ** 2;

/** What a broken tool prints in the fault "garbage": every byte there is, then one line of 10 MiB. */
export function writeGarbage(file: string): void {
  const binary = Buffer.from(
    Array.from({ length: binaryBytes }, (_, index) => Math.floor(256 * chance("garbage", index))),
  );
  const line = Buffer.alloc(longLineBytes, "0123456789abcdef, ");
  writeFileSync(file, Buffer.concat([binary, Buffer.from("\n"), line, Buffer.from("\n")]));
}
