import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  pipFailures,
  problemByRules,
  scriptFailures,
  systemFailures,
} from "../../src/core/environments/managers/commands/pipFailures";
import { uvCommands } from "../../src/core/environments/managers/commands/uv";
import { venvCommands } from "../../src/core/environments/managers/commands/venv";
import { carryOut, environmentAt, newFolder, type Outcome, output, python, pythons, uv, writeWheel } from "./pipHost";

const slow = 300_000;
const wheels = newFolder();
const password = "s3cret/w0rd";
const login = `Basic ${Buffer.from(`ada:${password}`).toString("base64")}`;

/** Words of every process of this machine that hold the password, looked up at each request. */
const seen: string[] = [];
let server: Server;
let address = "";

beforeAll(async () => {
  writeWheel(wheels, "alpha", "1.0");
  writeWheel(wheels, "alpha", "2.0");
  writeWheel(wheels, "beta", "1.0", { requires: ["alpha<2"] });
  writeWheel(wheels, "delta", "1.0", { requires: ["alpha>=2"] });
  server = createServer((request, response) => {
    const [, area, ...path] = (request.url ?? "").split("/");
    if (area === "broken") return void request.socket.destroy();
    if (area === "private" && request.headers.authorization !== login) {
      return void response.writeHead(401, { "www-authenticate": 'Basic realm="packages"' }).end();
    }
    if (area === "private") seen.push(...wordsWith(password), ...wordsWith(encodeURIComponent(password)));
    const name = path.filter(Boolean).at(-1) ?? "";
    const files = readdirSync(wheels);
    if (files.includes(name)) return void response.end(readFileSync(join(wheels, name)));
    const links = files.filter((file) => file.startsWith(`${name}-`));
    if (links.length === 0) return void response.writeHead(404).end();
    response.setHeader("content-type", "text/html");
    return void response.end(links.map((file) => `<a href="/${area}/files/${file}">${file}</a>`).join("\n"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
}, slow);

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function wordsWith(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8")].filter((words) => words.includes(text));
      } catch {
        return [];
      }
    });
}

const problemOf = ({ exitCode, log }: Outcome) =>
  problemByRules([...scriptFailures, ...systemFailures, ...pipFailures], {
    host: "lab1",
    title: "Test",
    exitCode,
    log,
  });

const oldest = Object.entries(pythons).sort(([a], [b]) => Number(a.slice(2)) - Number(b.slice(2)))[0]?.[1] ?? python;

describe.each([
  ["pip", venvCommands, python, python],
  ["the oldest pip here", venvCommands, oldest, oldest],
  ["a stand-in for uv", uvCommands, uv, python],
] as const)("an index with a password, with %s", (_name, commands, tool, interpreter) => {
  it(
    "is used, and the password is in no process list, log or plan",
    async () => {
      seen.length = 0;
      const indexUrl = `http://ada:${encodeURIComponent(password)}@${address}/private/simple/`;
      const prefix = join(newFolder(), "train");
      const plan = commands.create(tool, { prefix, python: interpreter, packages: ["beta"], indexUrl });
      const { secrets, ...rest } = plan.operation;
      expect(Object.keys(secrets ?? {})).toEqual(["TENSORLINE_INDEX_URL"]);
      const made = await carryOut(plan);
      expect(made).toMatchObject({ exitCode: 0 });
      expect(output(`${prefix}/bin/alpha`)).toBe("1.0");
      for (const secret of [password, encodeURIComponent(password)]) {
        expect(made.log).not.toContain(secret);
        expect(JSON.stringify([rest, plan.commands, plan.title])).not.toContain(secret);
      }
      expect(seen).toEqual([]);

      const folder = newFolder();
      const other = commands.create(tool, {
        prefix: join(folder, "x"),
        python: interpreter,
        packages: ["beta"],
        indexUrl,
      });
      const unheard = await carryOut({ ...other, operation: { ...other.operation, secrets: {} } });
      expect(unheard).toMatchObject({ exitCode: 48, undone: 0 });
      expect(readdirSync(folder)).toEqual([]);

      const wrong = await carryOut(
        commands.install(tool, environmentAt(prefix), {
          packages: ["delta"],
          indexUrl: `http://ada:wrong-one@${address}/private/simple/`,
        }),
      );
      expect(wrong).toMatchObject({ undone: 0 });
      expect(wrong.log).not.toContain("wrong-one");
      expect(wrong.exitCode).not.toBe(0);
    },
    slow,
  );
});

describe("what pip says when packages do not come", () => {
  let prefix = "";
  beforeAll(async () => {
    prefix = join(newFolder(), "train");
    await carryOut(venvCommands.create(python, { prefix, packages: [], offlineFolder: wheels }));
  }, slow);

  const install = async (packages: readonly string[], area: string, env = {}) => {
    const plan = venvCommands.install(python, environmentAt(prefix), {
      packages,
      indexUrl: area.includes("://") ? area : `http://${address}/${area}/simple/`,
    });
    return problemOf(await carryOut(plan, { env: { PIP_RETRIES: "1", ...env } }));
  };

  it.each([
    ["broken", "packageIndexUnreachable"],
    ["http://127.0.0.1:9/simple/", "packageIndexUnreachable"],
    ["https://nowhere.invalid/simple/", "packageIndexUnreachable"],
    ["http://nowhere.invalid/simple/", "packageIndexUnreachable"],
  ])("becomes a reason: %s", async (area, reason) => {
    expect(await install(["alpha"], area)).toMatchObject({ reason });
  });

  it("tells a missing package from packages that do not go together", async () => {
    expect(await install(["torhc"], "public")).toEqual({ reason: "packageNotFound", names: "torhc" });
    expect(await install(["beta", "delta"], "public")).toEqual({
      reason: "packagesConflict",
      detail: "beta==1.0 and delta==1.0",
    });
    expect(await install(["alpha beta"], "public")).toMatchObject({ reason: "packageNotFound" });
  });

  it("lists what is outdated", async () => {
    const wish = { packages: ["alpha==1.0"], indexUrl: `http://${address}/public/simple/` };
    expect(await carryOut(venvCommands.install(python, environmentAt(prefix), wish))).toMatchObject({ exitCode: 0 });
    const { argv, parse } = venvCommands.outdated(python, environmentAt(prefix));
    const [pip, ...words] = argv;
    // Asked for without waiting: the index is in this process.
    const { stdout } = await promisify(execFile)(pip, words, {
      env: { HOME: newFolder(), PIP_INDEX_URL: `http://${address}/public/simple/`, PIP_CONFIG_FILE: "/dev/null" },
    });
    const listed = parse(stdout);
    expect(listed).toContainEqual({ name: "alpha", version: "1.0", latest: "2.0" });
  });
});
