import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AskpassQuestion, startAskpass } from "../../src/ssh/system/askpass";
import { type BuiltSystemSsh, buildSystemSsh } from "./systemSsh";

const notPosix = process.platform === "win32" ? "its wrapper is a script for sh" : undefined;

describe.skipIf(notPosix)(`the askpass program${notPosix ? `: ${notPosix}` : ""}`, () => {
  let built: BuiltSystemSsh;
  const folder = mkdtempSync(join(tmpdir(), "tensorline-ask-"));
  beforeAll(async () => {
    built = await buildSystemSsh();
  });
  afterAll(() => {
    built.dispose();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function listening(answer: (question: AskpassQuestion, gone: AbortSignal) => Promise<string | undefined>) {
    const place = mkdtempSync(join(folder, "s-"));
    const storageDir = join(place, "it's a store");
    const client = { os: "linux", home: folder, user: "ada", env: {} } as const;
    const askpass = await startAskpass({ client, program: built.askpass, folder: place, storageDir, answer });
    return { askpass, storageDir, wrapper: askpass.environment.SSH_ASKPASS ?? "" };
  }

  function run(program: string, words: string, hint?: string) {
    const env = { ...process.env, ...(hint === undefined ? {} : { SSH_ASKPASS_PROMPT: hint }) };
    const child = spawn(program, [words], { env, stdio: ["ignore", "pipe", "inherit"] });
    let printed = "";
    child.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
    });
    const ended = new Promise<{ code: number | null; printed: string }>((resolve) => {
      child.once("close", (code) => resolve({ code, printed }));
    });
    return { child, ended };
  }

  it("passes a question on word for word and prints the answer", async () => {
    const asked: AskpassQuestion[] = [];
    const { askpass, wrapper } = await listening(async (question) => {
      asked.push(question);
      return "pässword with 'quotes' $HOME";
    });
    const words = 'A "question"\nof `several` lines $(id) %s\\n: ';
    expect(await run(wrapper, words).ended).toEqual({ code: 0, printed: "pässword with 'quotes' $HOME\n" });
    expect(asked).toEqual([{ words, hint: undefined }]);
    await askpass.close();
  });

  it("declines without an answer", async () => {
    const { askpass, wrapper } = await listening(async () => undefined);
    expect(await run(wrapper, "Add key to agent?", "confirm").ended).toEqual({ code: 1, printed: "" });
    await askpass.close();
  });

  it("shows a notice for as long as ssh does", async () => {
    let shown: (gone: AbortSignal) => void = () => {};
    const showing = new Promise<AbortSignal>((resolve) => {
      shown = resolve;
    });
    const { askpass, wrapper } = await listening(async ({ hint }, gone) => {
      expect(hint).toBe("none");
      shown(gone);
      await new Promise<void>((resolve) => gone.addEventListener("abort", () => resolve()));
      return undefined;
    });
    const { child, ended } = run(wrapper, "Confirm user presence for key ED25519-SK", "none");
    const gone = await showing;
    expect(gone.aborted).toBe(false);
    const over = new Promise<void>((resolve) => gone.addEventListener("abort", () => resolve()));
    child.kill();
    await over;
    await ended;
    await askpass.close();
  });

  it("answers nobody without the token, and leaves no file", async () => {
    let asked = 0;
    const { askpass, wrapper, storageDir } = await listening(async () => {
      asked++;
      return "secret";
    });
    expect(statSync(wrapper).mode & 0o777).toBe(0o700);
    const forged = join(storageDir, "forged");
    const text = readFileSync(wrapper, "utf8").replace(/TENSORLINE_TOKEN=\w+/, "TENSORLINE_TOKEN=guess");
    writeFileSync(forged, text, { mode: 0o700 });
    expect(await run(forged, "Password: ").ended).toEqual({ code: 1, printed: "" });
    expect(asked).toBe(0);
    await askpass.close();
    expect(readdirSync(storageDir)).toEqual(["forged"]);
    expect(await run(forged, "Password: ").ended).toEqual({ code: 1, printed: "" });
  });
});
