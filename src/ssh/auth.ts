import type { AnyAuthMethod, ParsedKey, Prompt } from "ssh2";
import { Failure, isFailure } from "../core/failure";
import type { Logger } from "../core/logger";
import type { Prompts, TextQuestion } from "../core/ports";
import type { Credentials } from "./credentials";
import type { AuthMethodName, HostOptions } from "./hostOptions";
import { type FoundIdentities, type OpenIdentity, SingleKeyAgent, type Unlock } from "./identities";
import { type KeyFile, unlockKey } from "./keyFile";
import { plainText } from "./plainText";

/** What a log-in needs to know and whom it may ask. */
export interface AuthRequest {
  /** The host as the user named it. */
  readonly host: string;
  /** `user@name` for questions. */
  readonly account: string;
  readonly options: HostOptions;
  /** Reads the user's keys; begun at once, so that it happens while the connection is being made. */
  readonly collectIdentities: (unlock: Unlock) => Promise<FoundIdentities>;
  readonly credentials: Credentials;
  readonly prompts: Prompts;
  /** Asked before the first question, with what there would be to report: true ends the log-in with that. */
  readonly giveWay?: (refusal: Failure) => Promise<boolean>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** What the server said to the last attempt; undefined before the first. */
export interface AuthReply {
  readonly methods: readonly string[];
}

/** Walks through the ways to log in. */
export interface Authenticator {
  /**
   * The next attempt, given the server's answer to the one before. It is asked again only when that was not enough.
   * @throws Failure `authenticationFailed`, `promptUnavailable`, `cancelled`
   */
  next(reply: AuthReply | undefined): Promise<AnyAuthMethod>;
  /** Rejects when a question inside an attempt put an end to the log-in. */
  readonly interrupted: Promise<never>;
  /** What to report when the server wants something that cannot be given. */
  refused(): Failure;
  /** What to report when the server hangs up instead of answering; `code` is what it gave as the reason. */
  turnedAway(code?: number): Failure;
}

const passphraseTries = 3;
/** `SSH_DISCONNECT_PROTOCOL_ERROR`, RFC 4253 section 11.1: what sshd gives for too many refusals. */
const protocolError = 2;
/** Words of a prompt that asks for a password rather than for a code. */
export const asksForPassword = /pass(word|phrase)|kennwort|mot de passe|contrase/i;

/** The key under which a host's password is kept in the secret store. */
export function passwordKey(options: HostOptions): string {
  return `password ${options.user}@${options.hostKeyAlias ?? options.hostname}:${options.port}`;
}

export function createAuthenticator(request: AuthRequest): Authenticator {
  const progress: Progress = {
    tried: [],
    accepted: [],
    way: undefined,
    asked: 0,
    leftOut: [],
    unanswered: undefined,
    interrupt: () => {},
  };
  const interrupted = new Promise<never>((_resolve, reject) => {
    progress.interrupt = reject;
  });
  interrupted.catch(() => {});
  const unlock = createUnlock(request, (failure) => {
    progress.unanswered ??= failure;
  });
  const identities = request.collectIdentities(unlock);
  identities.then(
    ({ leftOut }) => {
      progress.leftOut = leftOut;
    },
    () => {},
  );
  const attempts = walk(request, identities, progress);
  return {
    async next(reply) {
      const step = await attempts.next(reply);
      if (!step.done) return step.value;
      throw progress.unanswered ?? refused(request, progress);
    },
    interrupted,
    refused: () => refused(request, progress),
    turnedAway(code) {
      const { tried, accepted, way } = progress;
      const overKeys = way === "publickey" && (code === protocolError || tried.length > 1);
      if (!overKeys) return refused(request, progress);
      const { host, options } = request;
      return new Failure({ reason: "tooManyKeys", host, user: options.user, tried: [...new Set(tried)], accepted });
    },
  };
}

interface Progress {
  readonly tried: string[];
  accepted: readonly string[];
  /** What is being tried. */
  way: AuthMethodName | undefined;
  leftOut: FoundIdentities["leftOut"];
  /** How often the user was asked for a password or a code. */
  asked: number;
  /** A question nobody could be asked. */
  unanswered: Failure | undefined;
  interrupt: (error: unknown) => void;
}

type Attempts = AsyncGenerator<AnyAuthMethod, void, AuthReply | undefined>;

function refused({ host, options }: AuthRequest, progress: Progress): Failure {
  const { tried, accepted, leftOut } = progress;
  return new Failure({
    reason: "authenticationFailed",
    host,
    user: options.user,
    tried: [...new Set(tried)],
    accepted,
    ...(leftOut.length === 0 ? {} : { leftOut }),
  });
}

async function* walk(request: AuthRequest, identities: Promise<FoundIdentities>, progress: Progress): Attempts {
  const { options } = request;
  const ways: Record<AuthMethodName, Attempts> = {
    publickey: publicKeys(request, identities, progress),
    "keyboard-interactive": keyboardInteractive(request, progress),
    password: passwords(request, progress),
  };
  const spent = new Set<AuthMethodName>();
  // Asking for "none" tells which ways the server takes.
  let reply = yield { type: "none", username: options.user };
  for (;;) {
    progress.accepted = reply?.methods ?? progress.accepted;
    const way = options.preferredMethods.find((name) => progress.accepted.includes(name) && !spent.has(name));
    if (!way) return;
    const firstQuestion = way !== "publickey" && (progress.way ?? "publickey") === "publickey";
    if (firstQuestion && (await request.giveWay?.(refused(request, progress)))) throw refused(request, progress);
    progress.way = way;
    const attempt = await ways[way].next();
    if (attempt.done) spent.add(way);
    else reply = yield attempt.value;
  }
}

async function* publicKeys(request: AuthRequest, found: Promise<FoundIdentities>, progress: Progress): Attempts {
  const { identities } = await found;
  for (const identity of identities) {
    const open = await identity.open();
    if (!open) continue;
    progress.tried.push(identity.label);
    const guarded: OpenIdentity = {
      publicKey: open.publicKey,
      async sign(data, hash) {
        try {
          return await open.sign(data, hash);
        } catch (error) {
          if (isFailure(error)) progress.interrupt(error);
          throw error;
        }
      },
    };
    const agent = new SingleKeyAgent(guarded, request.log);
    yield { type: "agent", username: request.options.user, agent };
  }
}

async function* passwords(request: AuthRequest, progress: Progress): Attempts {
  const { options, credentials } = request;
  const key = passwordKey(options);
  for (;;) {
    const recalled = await credentials.recall(key);
    if (recalled === undefined && progress.asked >= options.passwordTries) return;
    const password = recalled ?? (await askPassword(request, {}));
    if (recalled === undefined) progress.asked++;
    progress.tried.push("password");
    yield { type: "password", username: options.user, password };
    await credentials.reject(key);
  }
}

async function* keyboardInteractive(request: AuthRequest, progress: Progress): Attempts {
  const { options, credentials } = request;
  const key = passwordKey(options);
  let recalled = await credentials.recall(key);
  // One round more than tries, for the one that a remembered password answers.
  for (let round = 0; round <= options.passwordTries && progress.asked < options.passwordTries; round++) {
    let lastAnswer: "password" | "other" | undefined;
    let counted = false;
    const answer = async (server: string, prompt: Prompt, part: Part): Promise<string> => {
      const isPassword = prompt.echo !== true && asksForPassword.test(prompt.prompt);
      lastAnswer = isPassword ? "password" : "other";
      if (isPassword && recalled !== undefined) {
        const text = recalled;
        recalled = undefined;
        return text;
      }
      if (!counted) progress.asked++;
      counted = true;
      return isPassword ? askPassword(request, { detail: server, ...part }) : askFactor(request, server, prompt, part);
    };
    progress.tried.push("keyboard-interactive");
    yield {
      type: "keyboard-interactive",
      username: options.user,
      prompt(name, instructions, _language, prompts, finish) {
        const answerAll = async () => {
          const answers: string[] = [];
          for (const [index, prompt] of prompts.entries()) {
            const part = prompts.length > 1 ? { part: { number: index + 1, of: prompts.length } } : {};
            answers.push(await answer(serverWords(name, instructions, prompt), prompt, part));
          }
          finish(answers);
        };
        answerAll().catch(progress.interrupt);
      },
    };
    // A password that was followed by another question was probably right.
    if (lastAnswer === "password") await credentials.reject(key);
  }
}

type Part = Pick<TextQuestion, "part">;

async function askPassword(request: AuthRequest, more: Part & Pick<TextQuestion, "detail">): Promise<string> {
  const title = `Password for ${request.account}`;
  const answer = await ask(request, { title, secret: true, rememberable: true, ...more });
  request.credentials.offer(passwordKey(request.options), answer.text, answer.remember);
  return answer.text;
}

async function askFactor(request: AuthRequest, detail: string, prompt: Prompt, part: Part): Promise<string> {
  const isCode = /code|token|otp|factor|pin\b/i.test(prompt.prompt);
  const title = `${isCode ? "Verification code" : "Answer to the log-in question"} for ${request.account}`;
  const answer = await ask(request, { title, detail, secret: prompt.echo !== true, rememberable: false, ...part });
  return answer.text;
}

function ask(request: AuthRequest, question: Omit<TextQuestion, "host">) {
  return request.prompts.askText({ host: request.host, ...question }, request.signal);
}

function serverWords(name: string, instructions: string, prompt: Prompt): string {
  return plainText([name, instructions, prompt.prompt].filter((part) => part.trim() !== "").join("\n"));
}

/** Opens encrypted key files with remembered or asked passphrases. Each file is asked for once, however often it signs. */
function createUnlock(request: AuthRequest, onUnanswered: (failure: Failure) => void): Unlock {
  const opened = new Map<string, Promise<ParsedKey | undefined>>();
  const { credentials } = request;
  const unlock = async (key: KeyFile): Promise<ParsedKey | undefined> => {
    const name = `passphrase ${key.file}`;
    const recalled = await credentials.recall(name);
    if (recalled !== undefined) {
      const known = await unlockKey(key, recalled);
      if (known) return known;
      await credentials.reject(name);
    }
    for (let tries = 0; tries < passphraseTries; tries++) {
      const question = { host: request.host, title: `Passphrase for ${key.file}, to log in as ${request.account}` };
      try {
        const answer = await request.prompts.askText({ ...question, secret: true, rememberable: true }, request.signal);
        const found = await unlockKey(key, answer.text);
        if (!found) continue;
        credentials.offer(name, answer.text, answer.remember);
        return found;
      } catch (error) {
        if (!isFailure(error, "promptUnavailable")) throw error;
        onUnanswered(error);
        return undefined;
      }
    }
    return undefined;
  };
  return (key) => {
    const known = opened.get(key.file) ?? unlock(key);
    opened.set(key.file, known);
    return known;
  };
}
