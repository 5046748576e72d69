import { expect, it } from "vitest";
import { parseCommandLine } from "../../../src/cli/arguments";
import { UsageError } from "../../../src/cli/terminal";

it("reads hosts and options in any order", () => {
  expect(parseCommandLine(["-F", "cfg", "gpus", "lab1", "--json", "bob@lab2:2222", "-i", "k1", "-i", "k2"])).toEqual({
    command: "gpus",
    hosts: ["lab1", "bob@lab2:2222"],
    json: true,
    watch: false,
    beatMs: 1000,
    connection: { configFile: "cfg", identityFiles: ["k1", "k2"], acceptNewHostKey: false },
  });
});

it.each([
  [[], /command is needed/],
  [["gpu"], /"gpu" is not a command/],
  [["gpus"], /at least one host/],
  [["gpus", "a", "--frob"], /--frob/],
  [["gpus", "a", "--interval", "0.01"], /0\.1 to 60/],
  [["gpus", "a", "--interval", "fast"], /0\.1 to 60/],
  [["doctor"], /needs a host/],
  [["doctor", "a", "b"], /nothing more/],
  [["parse"], /one of the formats/],
  [["parse", "nvidia-smi"], /"nvidia-smi" is none of them/],
  [["demo", "--hosts", "0"], /1 to 1000/],
])("refuses %j in one sentence", (words, message) => {
  expect(() => parseCommandLine(words)).toThrow(UsageError);
  expect(() => parseCommandLine(words)).toThrow(message);
});
