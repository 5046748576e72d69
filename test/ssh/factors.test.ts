import { type AuthContext, type KeyboardAuthContext, Server } from "ssh2";
import { afterEach, describe, expect, it } from "vitest";
import type { HostRef, Secrets } from "../../src/core/ports";
import { newKeys } from "../../src/demo/keys";
import { createManualClock } from "../mocks/manualClock";
import { noAbort, type Person, person, secretsInMemory, type TestClient, testClient } from "./client";
import { makeKey } from "./sshd";

const clients: TestClient[] = [];
const servers: Server[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.connections.dispose();
  for (const server of servers.splice(0)) await new Promise<void>((resolve) => server.close(() => resolve()));
});

type Round = (context: KeyboardAuthContext) => Promise<boolean>;

const ask = (context: KeyboardAuthContext, prompts: { prompt: string; echo: boolean }[], instructions = "") =>
  new Promise<string[]>((resolve) => context.prompt(prompts, "", instructions, resolve));

/** An SSH server in this process whose log-in is decided by the test; it logs the methods it was asked for. */
async function serverWith(authenticate: (context: AuthContext) => void): Promise<{ host: HostRef; port: number }> {
  const key = newKeys().privateText;
  const server = new Server({ hostKeys: [key] }, (connection) => {
    connection.on("authentication", authenticate);
    connection.on("error", () => {});
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as { port: number };
  return { host: { name: `ada@127.0.0.1:${port}`, configFile: "/dev/null" }, port };
}

const keyboardOnly = (round: Round) => (context: AuthContext) => {
  if (context.method !== "keyboard-interactive") return context.reject(["keyboard-interactive"]);
  void round(context).then((passed) => (passed ? context.accept() : context.reject(["keyboard-interactive"])));
};

async function logIn(host: HostRef, prompts: Person, secrets: Secrets = secretsInMemory(), keys: string[] = []) {
  const env = { PATH: process.env.PATH };
  const client = testClient({
    prompts,
    secrets,
    acceptNew: true,
    identityFiles: keys,
    client: { os: "linux", home: "/nonexistent", user: "nobody", env },
  });
  clients.push(client);
  return client.connections
    .acquire(host)
    .connected(noAbort)
    .then(
      () => "connected",
      (error: { problem: unknown }) => error.problem,
    );
}

describe("keyboard-interactive log-ins", () => {
  it("answers several rounds, the empty ones by itself, and says which factor is asked for", async () => {
    const { host } = await serverWith(
      keyboardOnly(async (context) => {
        const [password] = await ask(context, [{ prompt: "Password: ", echo: false }]);
        await ask(context, [], "A push was sent to your phone");
        const menu = "1. Push\u001b[31m\n2. Call";
        const [code] = await ask(context, [{ prompt: "Passcode or option: ", echo: true }], menu);
        return password === "pw" && code === "123";
      }),
    );
    const user = person(["pw", "123"]);
    expect(await logIn(host, user)).toBe("connected");
    expect(user.questions).toMatchObject([
      { title: "Password for ada@127.0.0.1", detail: "Password:", secret: true, rememberable: true },
      {
        title: "Verification code for ada@127.0.0.1",
        detail: "1. Push\n2. Call\nPasscode or option:",
        secret: false,
        rememberable: false,
      },
    ]);
  });

  it("tells how many things a server asks at once", async () => {
    const { host } = await serverWith(
      keyboardOnly(async (context) => {
        const prompts = [
          { prompt: "Password: ", echo: false },
          { prompt: "Code: ", echo: false },
        ];
        return (await ask(context, prompts)).join() === "pw,1";
      }),
    );
    const user = person(["pw", "1"]);
    expect(await logIn(host, user)).toBe("connected");
    expect(user.questions).toMatchObject([{ part: { number: 1, of: 2 } }, { part: { number: 2, of: 2 } }]);
  });

  it("gives a stored password only to a question for a password that is not echoed", async () => {
    const asked: string[] = [];
    const { host, port } = await serverWith(
      keyboardOnly(async (context) => {
        asked.push(...(await ask(context, [{ prompt: "Password (echoed): ", echo: true }])));
        asked.push(...(await ask(context, [{ prompt: "Token: ", echo: false }])));
        asked.push(...(await ask(context, [{ prompt: "ada's password: ", echo: false }])));
        return true;
      }),
    );
    const user = person(["first", "second"]);
    const secrets = secretsInMemory({ [`password ada@127.0.0.1:${port}`]: "stored" });
    expect(await logIn(host, user, secrets)).toBe("connected");
    expect(asked).toEqual(["first", "second", "stored"]);
  });

  it("gives up after three wrong passwords and forgets the stored one", async () => {
    const { host, port } = await serverWith(
      keyboardOnly(async (context) => {
        await ask(context, [{ prompt: "Password: ", echo: false }]);
        return false;
      }),
    );
    const secrets = secretsInMemory({ [`password ada@127.0.0.1:${port}`]: "stale" });
    const user = person(["a", "b", "c", "d"]);
    expect(await logIn(host, user, secrets)).toMatchObject({
      reason: "authenticationFailed",
      user: "ada",
      tried: ["keyboard-interactive"],
      accepted: ["keyboard-interactive"],
    });
    expect(user.questions).toHaveLength(3);
    expect([...secrets.all]).toEqual([]);
  });

  it("does not ask again for a password that only the code spoiled", async () => {
    const { host, port } = await serverWith(
      keyboardOnly(async (context) => {
        await ask(context, [{ prompt: "Password: ", echo: false }]);
        const [code] = await ask(context, [{ prompt: "Code: ", echo: false }]);
        return code === "right";
      }),
    );
    const secrets = secretsInMemory({ [`password ada@127.0.0.1:${port}`]: "pw" });
    const user = person(["wrong", "pw", "right"]);
    expect(await logIn(host, user, secrets)).toBe("connected");
    expect(secrets.all.get(`password ada@127.0.0.1:${port}`)).toBe("pw");
  });

  it("goes on with the code after a key that was only the first factor", async () => {
    const folder = testClient().storageDir;
    const { file } = makeKey(`${folder}/key`, "ed25519");
    const { host } = await serverWith((context) => {
      if (context.method === "publickey") {
        // Without a signature the client only asks whether the key would do.
        if (context.signature) return context.reject(["keyboard-interactive"], true);
        return context.accept();
      }
      if (context.method !== "keyboard-interactive") return context.reject(["publickey"]);
      return void ask(context, [{ prompt: "Code: ", echo: false }]).then(([code]) =>
        code === "42" ? context.accept() : context.reject(["publickey"]),
      );
    });
    const user = person(["42"]);
    expect(await logIn(host, user, secretsInMemory(), [file])).toBe("connected");
    expect(user.questions).toHaveLength(1);
  });

  it("does not count the time the user takes to answer", async () => {
    const { host } = await serverWith(
      keyboardOnly(async (context) => {
        await ask(context, [{ prompt: "Code: ", echo: false }]);
        return true;
      }),
    );
    const clock = createManualClock();
    const slow: Person = {
      ...person(),
      async askText() {
        clock.advance(3_600_000);
        return { text: "1", remember: false };
      },
    };
    const client = testClient({
      prompts: slow,
      acceptNew: true,
      clock,
      client: { os: "linux", home: "/x", user: "u", env: {} },
    });
    clients.push(client);
    await client.connections.acquire(host).connected(noAbort);
    expect(client.states.some(({ kind }) => kind === "needsYou")).toBe(true);
  });
});
