import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, describe, expect, it } from "vitest";
import { HostsReportSchema } from "../../src/shared/gpu";
import { complaint, start, tensorline } from "./cli";
import { scratch } from "./hosts";

const files = scratch();
afterAll(() => files.dispose());

describe("words that are not understood end with 2 and one sentence", () => {
  const mistakes: readonly (readonly [words: string, saying: RegExp])[] = [
    ["", /^A command is needed/],
    ["frobnicate", /"frobnicate" is not a command/],
    ["gpus", /needs at least one host/],
    ["gpus box --no-such-option", /--no-such-option/],
    ["gpus box --interval soon", /--interval takes 0\.1 to 60 seconds, not "soon"/],
    ["gpus box --interval 0.01", /--interval/],
    ["gpus box -F", /-F/],
    ["doctor", /needs a host/],
    ["doctor one two", /was given "two"/],
    ["doctor one --env", /--env/],
    ["doctor one --env=", /--env needs the name or the path/],
    ["envs", /needs a host/],
    ["cuda one two", /was given "two"/],
    ["hosts more", /was given "more"/],
    ["parse", /needs one of the formats/],
    ["parse nvidia-smi-yaml", /"nvidia-smi-yaml" is none of them/],
    ["demo --hosts many", /whole number/],
    ["demo --seed -1", /--seed/],
  ];
  for (const [words, saying] of mistakes) {
    it(`tensorline ${words}`, async () => {
      const outcome = await tensorline(words.split(" ").filter(Boolean));
      expect(outcome).toMatchObject({ code: 2, stdout: "" });
      expect(complaint(outcome)).toMatch(saying);
    });
  }
});

it("--help names every command, whatever stands beside it", async () => {
  for (const words of [["--help"], ["help"], ["gpus", "-h"]]) {
    const { code, stdout, stderr } = await tensorline(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const command of ["hosts", "gpus", "doctor", "envs", "cuda", "parse", "demo"])
      expect(stdout).toContain(`\n  ${command} `);
  }
});

it("--version is that of the package", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(await tensorline(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

it("a bug of ours is one sentence as well, and a stack trace only with --verbose", async () => {
  const bug = join(files.folder, "bug.cjs");
  writeFileSync(bug, 'setImmediate(() => { throw new TypeError("no such branch"); });\n');
  const env = { NODE_OPTIONS: `--require ${bug}` };
  // `parse` waits for an input that never ends.
  const outcome = await start(["parse", "nvidia-smi-csv"], { env, input: null }).ended;
  expect(outcome).toMatchObject({ code: 1, stdout: "" });
  expect(complaint(outcome)).toMatch(/^Something went wrong inside Tensorline: no such branch\./);
  const verbose = await start(["parse", "nvidia-smi-csv", "--verbose"], { env, input: null }).ended;
  expect(verbose.stderr).toMatch(/TypeError: no such branch\n +at /);
});

describe("tensorline hosts", () => {
  it("lists the aliases of the config, not its patterns, and connects to nothing", async () => {
    const config = files.config({
      "alpha beta": { Port: 1 },
      "*.lab": { User: "me" },
      gamma: { HostName: "192.0.2.1" },
    });
    expect(await tensorline(["hosts", "-F", config])).toEqual({ code: 0, stdout: "alpha\nbeta\ngamma\n", stderr: "" });
    const { stdout } = await tensorline(["hosts", "--json", "-F", config]);
    const unseen = { gpus: [], processes: [], warnings: [] };
    expect(v.parse(HostsReportSchema, JSON.parse(stdout)).hosts).toEqual(
      ["alpha", "beta", "gamma"].map((host) => ({ host, ...unseen })),
    );
  });

  it("says that there are none", async () => {
    const outcome = await tensorline(["hosts", "-F", files.config({})]);
    expect(outcome).toMatchObject({ code: 0, stdout: "" });
    expect(complaint(outcome)).toContain("names no host");
  });

  it("says that a config cannot be read", async () => {
    const outcome = await tensorline(["hosts", "--json", "-F", `${files.folder}/none`]);
    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    expect(complaint(outcome)).toBe(`The ssh config ${files.folder}/none cannot be read: there is no such file.`);
  });
});
