import { expect, it } from "vitest";
import { parseListeners } from "../../../src/core/forwards/listeners";

const line = (address: string, port: number, uid: number, state = "0A") =>
  `   0: ${address}:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)}        0 12345 1 0000000000000000 100 0 0 10 0`;

const anyV6 = "0".repeat(32);
const loopbackV6 = `${"0".repeat(24)}01000000`;
const mappedLoopback = "0000000000000000FFFF00000100007F";

it("reads who listens where, the user's own first, each once", () => {
  const text = [
    "Uid:\t1000\t1000\t1000\t1000",
    line("00000000", 22, 0),
    line("0100007F", 6006, 1000),
    line("0200000A", 5432, 1001),
    line(anyV6, 22, 0),
    line(loopbackV6, 8888, 1000),
    line(mappedLoopback, 8080, 1001),
    line("B80D0120000000000000000001000000", 443, 0),
    line("0100007F", 50_000, 1000, "01"),
  ].join("\n");
  expect(parseListeners(text)).toEqual([
    { target: { host: "localhost", port: 6006 }, mine: true },
    { target: { host: "localhost", port: 8888 }, mine: true },
    { target: { host: "localhost", port: 22 }, mine: false },
    { target: { host: "2001:db8:0:0:0:0:0:1", port: 443 }, mine: false },
    { target: { host: "10.0.0.2", port: 5432 }, mine: false },
    { target: { host: "localhost", port: 8080 }, mine: false },
  ]);
});

it("leaves out what is no line of these tables, and the too many", () => {
  expect(parseListeners("")).toEqual([]);
  expect(parseListeners("grep: /proc/net/tcp6: No such file\n  sl  local_address 0A \n 0: ZZ:1 0A")).toEqual([]);
  const many = Array.from({ length: 5000 }, (_, index) => line("00000000", 1 + index, 7)).join("\n");
  expect(parseListeners(many).length).toBeLessThanOrEqual(200);
});
