import * as v from "valibot";
import { describe, expect, test } from "vitest";
import * as tables from "../../../src/core/environments/compatibility/tables";
import { compareVersions } from "../../../src/core/environments/compatibility/versions";

const version = v.pipe(v.string(), v.regex(/^\d+(\.\d+){0,3}$/));
const minor = v.pipe(v.string(), v.regex(/^\d+\.\d+$/));
const tag = v.pipe(v.string(), v.regex(/^cu\d{3}$/));
const page = v.strictObject({
  url: v.pipe(v.string(), v.url(), v.startsWith("https://")),
  date: v.pipe(v.string(), v.isoDate()),
});
const sourced = { page, unverified: v.optional(v.literal(true)) };
const python = v.strictObject({ from: minor, to: minor, experimental: v.optional(minor) });
const code = v.pipe(v.array(minor), v.minLength(1));

const forms: readonly [unknown, string, v.GenericSchema][] = [
  [tables.toolkitDrivers, "toolkitDrivers", v.array(v.strictObject({ cuda: version, driver: version, ...sourced }))],
  [
    tables.cudaFamilies,
    "cudaFamilies",
    v.array(v.strictObject({ major: v.number(), driver: v.optional(version), ...sourced })),
  ],
  [
    tables.compilerTargets,
    "compilerTargets",
    v.array(v.strictObject({ since: minor, least: minor, generations: v.array(v.number()), ...sourced })),
  ],
  [
    tables.torchReleases,
    "torchReleases",
    v.array(
      v.strictObject({
        version: minor,
        python,
        stable: v.array(tag),
        experimental: v.array(tag),
        rocm: v.optional(v.pipe(v.string(), v.regex(/^rocm\d+(\.\d+)+$/))),
        ...sourced,
      }),
    ),
  ],
  [
    tables.wheelTargets,
    "wheelTargets",
    v.array(
      v.strictObject({
        tag,
        from: minor,
        to: v.optional(minor),
        machine: v.picklist(["x86_64", "aarch64"]),
        code,
        ptx: v.optional(minor),
        ...sourced,
      }),
    ),
  ],
  [
    tables.rocmTargets,
    "rocmTargets",
    v.array(
      v.strictObject({
        from: minor,
        to: minor,
        gfx: v.array(v.pipe(v.string(), v.regex(/^gfx[0-9a-f]+$/))),
        ...sourced,
      }),
    ),
  ],
  [
    tables.tensorflowReleases,
    "tensorflowReleases",
    v.array(v.strictObject({ version: minor, python, cuda: minor, ...sourced })),
  ],
  [
    tables.tensorflowTargets,
    "tensorflowTargets",
    v.array(v.strictObject({ since: minor, code, ptx: v.optional(minor), ...sourced })),
  ],
  [
    tables.jaxBuilds,
    "jaxBuilds",
    v.array(v.strictObject({ cudaMajor: v.number(), driver: version, computeCapability: minor, ...sourced })),
  ],
  [
    tables.xformersReleases,
    "xformersReleases",
    v.array(
      v.strictObject({ version: v.pipe(v.string(), v.regex(/^\d+(\.\d+)+(\.post\d+)?$/)), torch: version, ...sourced }),
    ),
  ],
];

const isAscending = (all: readonly string[]): boolean =>
  all.every((one, at) => at === 0 || compareVersions(all[at - 1] ?? "", one) < 0);

describe("the tables of the advisor", () => {
  for (const [table, name, form] of forms)
    test(`${name} has the form that the rules read`, () => {
      const found = v.safeParse(form, table);
      expect(found.issues?.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`)).toBeUndefined();
    });

  test("rows that are searched from one end stand in order", () => {
    const { toolkitDrivers, torchReleases, tensorflowReleases, compilerTargets, tensorflowTargets } = tables;
    expect(isAscending(toolkitDrivers.map(({ cuda }) => cuda).reverse())).toBe(true);
    expect(isAscending(torchReleases.map((one) => one.version).reverse())).toBe(true);
    expect(isAscending(tensorflowReleases.map((one) => one.version).reverse())).toBe(true);
    expect(isAscending(tensorflowTargets.map(({ since }) => since).reverse())).toBe(true);
    expect(isAscending(compilerTargets.map(({ since }) => since))).toBe(true);
  });

  test("a newer toolkit never needs an older driver", () => {
    const drivers = tables.toolkitDrivers.map(({ driver }) => driver).reverse();
    expect(isAscending(drivers)).toBe(true);
  });

  test("every index of every release has just one row for its GPUs on x86-64", () => {
    const rows = tables.torchReleases.flatMap(({ version: release, stable, experimental }) =>
      [...stable, ...experimental].map((wanted) => {
        const found = tables.wheelTargets.filter(
          ({ tag: has, machine, from, to }) =>
            has === wanted &&
            machine === "x86_64" &&
            compareVersions(release, from) >= 0 &&
            (to === undefined || compareVersions(release, to) <= 0),
        );
        return `${release} ${wanted}: ${found.length}`;
      }),
    );
    expect(rows.filter((row) => !row.endsWith(": 1"))).toEqual([]);
  });

  test("every row is from a page", () => {
    const urls = JSON.stringify(tables).match(/https:\/\/[^"]+/g) ?? [];
    expect(new Set(urls).size).toBeGreaterThan(10);
  });
});
