import { hostname } from "node:os";
import * as vscode from "vscode";
import type { App } from "../../app";
import { isFailure, problemOf } from "../../core/failure";
import { authorizedKeys } from "../../core/keyLogin/authorizedKeys";
import type { ClientKey, KeyChoice } from "../../core/keyLogin/clientKeys";
import { type KeyLogin, setUpKeyLogin } from "../../core/keyLogin/keyLogin";
import type { HostRef } from "../../core/ports";
import type { Runner } from "../../core/remote";
import { sentence } from "../../core/words";

interface ChosenKey {
  readonly key: ClientKey;
  /** Of a key that was just made. */
  readonly passphrase?: string;
}

const undo = "Remove This Key from the Host";

/** Lets the user log in to a host by key from now on: says what it will do, does it after a yes, and proves it. */
export async function setUpKey(app: App, host: HostRef): Promise<void> {
  const never = new AbortController().signal;
  const choice = await app.engine.clientKeys().choice(host, never);
  const chosen = await chooseKey(app, choice);
  if (!chosen) return;
  const { key } = chosen;
  const look = await onHost(app, host, `Connecting to ${host.name}`, (runner, signal) =>
    runner.run(authorizedKeys(host.name, "look", key.line), signal),
  );
  if (look.outcome === "absent" && !(await confirm(host, choice, key, look.path))) return;
  try {
    const done = await onHost(app, host, `Setting up key login on ${host.name}`, (runner, signal) =>
      setUpKeyLogin({ host, ...chosen, runner, keys: app.engine.clientKeys(), signal }),
    );
    const text = describeOutcome(done, key, `${choice.user}@${host.name}`);
    const answer = vscode.window.showInformationMessage(text, ...(done.added ? [undo] : []));
    await offerUndo(app, host, key, done.added, answer);
  } catch (error) {
    if (isFailure(error, "cancelled")) throw error;
    app.log.error(`setting up key login on ${host.name}`, error);
    const isThere = look.outcome === "absent" && !isFailure(error, "keyNotInstalled");
    const text = sentence(problemOf(error));
    await offerUndo(app, host, key, isThere, vscode.window.showErrorMessage(text, ...(isThere ? [undo] : [])));
  }
}

function describeOutcome({ added, wantsMore }: KeyLogin, key: ClientKey, account: string): string {
  if (wantsMore) return `${account} logs in with the key ${key.file} and, as before, with another proof besides it.`;
  return added
    ? `${account} can log in with the key ${key.file}: a new log-in with this key alone worked.`
    : `The key ${key.file} was there already, and a new log-in with this key alone worked.`;
}

async function offerUndo(
  app: App,
  host: HostRef,
  key: ClientKey,
  isOurs: boolean,
  answer: Thenable<string | undefined>,
): Promise<void> {
  if ((await answer) !== undo || !isOurs) return;
  const { path } = await onHost(app, host, `Removing the key from ${host.name}`, (runner, signal) =>
    runner.run(authorizedKeys(host.name, "remove", key.line), signal),
  );
  await vscode.window.showInformationMessage(
    `The key is gone from ${path} on ${host.name}. Other keys there are as they were.`,
  );
}

/** Does something over the connection there is, or a new one; the wait can be cancelled. */
async function onHost<T>(
  app: App,
  host: HostRef,
  title: string,
  work: (runner: Runner, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const aborted = new AbortController();
  const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
  return vscode.window.withProgress(options, async (_progress, token) => {
    token.onCancellationRequested(() => aborted.abort());
    const lease = app.engine.connections().acquire(host);
    try {
      return await work(await lease.connected(aborted.signal), aborted.signal);
    } finally {
      lease.dispose();
    }
  });
}

async function chooseKey(app: App, { keys, newFile }: KeyChoice): Promise<ChosenKey | undefined> {
  const make = newFile === undefined ? [] : [{ label: "$(add) Make a New Key", description: newFile, key: undefined }];
  const known = keys.map((key) => ({
    label: `$(key) ${key.file}`,
    description: key.encrypted ? `${key.type}, with a passphrase` : key.type,
    detail: key.fingerprint,
    key,
  }));
  const picked = await vscode.window.showQuickPick([...known, ...make], {
    title: "Log in with which key?",
    placeHolder:
      known.length === 0 ? "There is no key on this computer yet." : "Its private half stays on this computer.",
    ignoreFocusOut: true,
  });
  if (!picked) return undefined;
  if (picked.key) return { key: picked.key };
  const passphrase = await askNewPassphrase(newFile ?? "");
  if (passphrase === undefined || newFile === undefined) return undefined;
  const key = await app.engine.clientKeys().make(newFile, passphrase, `${app.client.user}@${hostname()}`);
  return { key, passphrase };
}

async function askNewPassphrase(file: string): Promise<string | undefined> {
  const first = await vscode.window.showInputBox({
    title: `Passphrase for the new key ${file}`,
    prompt:
      "It protects the key if this computer is stolen. Leave it empty for a key that anybody who can read the file can use.",
    password: true,
    ignoreFocusOut: true,
  });
  if (!first) return first;
  return vscode.window.showInputBox({
    title: `The passphrase once more, for ${file}`,
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (text === first ? undefined : "This is not the same as before."),
  });
}

async function confirm(host: HostRef, choice: KeyChoice, key: ClientKey, path: string): Promise<boolean> {
  const yes = "Add the Key";
  const address = choice.port === 22 ? choice.hostname : `${choice.hostname}, port ${choice.port}`;
  const answer = await vscode.window.showInformationMessage(
    `Let this computer log in to ${host.name} with a key?`,
    {
      modal: true,
      detail:
        `Key: ${key.file} (${key.type}, ${key.fingerprint})\nAccount: ${choice.user} on ${address}\nFile on the host: ${path}\n\n` +
        `This line is added to it; no other line changes:\n\n${key.line}`,
    },
    yes,
  );
  return answer === yes;
}
