import { Failure, isFailure } from "../../core/failure";
import { parseHostName } from "../../core/hostName";
import type { Prompts, TextQuestion } from "../../core/ports";
import { asksForPassword, passwordKey } from "../auth";
import type { Credentials } from "../credentials";
import { plainText } from "../plainText";
import type { Stop } from "../route";
import type { AnswerQuestion } from "./askpass";
import { readQuestion, type SshQuestion } from "./questions";

export interface AnswersRequest {
  /** The host as the user named it. */
  readonly host: string;
  readonly route: readonly Stop[];
  /** Key types a host is known by, by its name in known_hosts. */
  readonly knownTypes: ReadonlyMap<string, readonly string[]>;
  readonly credentials: Credentials;
  readonly prompts: Prompts;
  /** ssh marks what a server asks (OpenSSH 8.5 and later): only then can nothing be mistaken for ssh's own question. */
  readonly marksServerWords: () => boolean;
  /** A question that cannot be answered ends the attempt. */
  readonly giveUp: (error: unknown) => void;
}

/** Passes ssh's questions to the user, answering from what is remembered where that is safe: each such answer once. */
export function createAnswers(request: AnswersRequest): AnswerQuestion {
  const { host, credentials, prompts } = request;
  const given = new Set<string>();

  /** What is remembered, unless it has just proven wrong: the same question again means that. */
  async function recall(key: string): Promise<string | undefined> {
    if (given.has(key)) {
      await credentials.reject(key);
      return undefined;
    }
    given.add(key);
    return request.marksServerWords() ? credentials.recall(key) : undefined;
  }

  async function ask(question: Omit<TextQuestion, "host">, gone: AbortSignal): Promise<string> {
    return (await prompts.askText({ host, ...question }, gone)).text;
  }

  async function askSecret(key: string, title: string, detail: string | undefined, gone: AbortSignal): Promise<string> {
    const remembered = await recall(key);
    if (remembered !== undefined) return remembered;
    const question = { host, title, secret: true, rememberable: true, ...(detail === undefined ? {} : { detail }) };
    const answer = await prompts.askText(question, gone);
    credentials.offer(key, answer.text, answer.remember);
    return answer.text;
  }

  async function confirm(
    { name, keyType, fingerprint }: Extract<SshQuestion, { kind: "hostKey" }>,
    gone: AbortSignal,
  ): Promise<string> {
    const [, hostname = name, port] = /^\[(.*)\]:(\d+)$/.exec(name) ?? [];
    const asked = {
      host,
      hostname,
      port: Number(port ?? 22),
      keyType,
      fingerprint,
      knownTypes: request.knownTypes.get(name) ?? [],
    };
    try {
      if (await prompts.confirmHostKey(asked, gone)) return "yes";
    } catch (error) {
      if (!isFailure(error, "promptUnavailable")) throw error;
      throw new Failure({ reason: "hostKeyUnknown", host, keyType, fingerprint }, error);
    }
    throw new Failure({ reason: "cancelled" });
  }

  async function answer(question: SshQuestion, gone: AbortSignal): Promise<string | undefined> {
    switch (question.kind) {
      case "hostKey":
        return confirm(question, gone);
      case "consent":
        return undefined;
      case "notice": {
        await prompts.tell?.({ host, text: plainText(question.words, 200) }, gone);
        return undefined;
      }
      case "passphrase": {
        // ssh shows no more than 100 characters of the name.
        const files = request.route.flatMap((stop) => stop.options.identityFiles);
        const file = files.find((name) => name.slice(0, 100) === question.file) ?? question.file;
        const title = `Passphrase for ${plainText(file, 200)}, to log in to ${host}`;
        return askSecret(`passphrase ${file}`, title, undefined, gone);
      }
      case "password":
        return password(question.account, undefined, gone);
      case "server": {
        if (asksForPassword.test(question.words)) return password(question.account, question.words, gone);
        const title = `Answer to the log-in question for ${plainText(question.account, 100)}`;
        return ask({ title, detail: plainText(question.words), secret: true, rememberable: false }, gone);
      }
      case "pin":
      case "other": {
        const title = `Answer for ssh, to log in to ${host}`;
        return ask({ title, detail: plainText(question.words), secret: true, rememberable: false }, gone);
      }
    }
  }

  function password(account: string, detail: string | undefined, gone: AbortSignal): Promise<string> {
    const stop = request.route.find(({ host, options }) =>
      [parseHostName(host.name).name, options.hostname, options.hostKeyAlias].some(
        (name) => account === `${options.user}@${name}`,
      ),
    );
    const known = stop && `${stop.options.user}@${parseHostName(stop.host.name).name}`;
    const onward = stop && stop.host.name !== host ? `, on the way to ${host}` : "";
    const title = `Password for ${known ?? plainText(account, 100)}${onward}`;
    const words = detail === undefined ? undefined : plainText(detail);
    if (stop) return askSecret(passwordKey(stop.options), title, words, gone);
    const question = { title, secret: true, rememberable: false, ...(words === undefined ? {} : { detail: words }) };
    return ask(question, gone);
  }

  return async (question, gone) => {
    try {
      return await answer(readQuestion(question), gone);
    } catch (error) {
      if (!gone.aborted) request.giveUp(error);
      throw error;
    }
  };
}
