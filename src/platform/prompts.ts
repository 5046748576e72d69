import * as vscode from "vscode";
import { Failure } from "../core/failure";
import type { HostKeyQuestion, Prompts, TextAnswer, TextQuestion } from "../core/ports";

/** Questions in the editor's own inputs. Closing one is "cancelled". */
export const editorPrompts: Prompts = {
  askText: (question, signal) => askText(question, signal),

  async confirmHostKey(question, signal) {
    if (signal.aborted) throw new Failure({ reason: "cancelled" });
    const trust = "Trust and Connect";
    const answer = await vscode.window.showWarningMessage(
      `Is this really ${question.host}?`,
      { modal: true, detail: hostKeyDetail(question) },
      trust,
    );
    return answer === trust;
  },

  async tell({ host, text }, signal) {
    const over = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    const title = `${host}: ${text}`;
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () => over);
  },
};

function hostKeyDetail(question: HostKeyQuestion): string {
  const address = question.port === 22 ? question.hostname : `${question.hostname}, port ${question.port}`;
  const known =
    question.knownTypes.length > 0
      ? `\n\nYou know this host by another key (${question.knownTypes.join(", ")}). A new kind of key on a known host deserves a second look.`
      : "";
  return (
    `You have not connected to it before. Its ${question.keyType} key has this fingerprint:\n\n${question.fingerprint}\n\n` +
    `Compare it with what the machine's administrator says. (${address})${known}`
  );
}

function askText(question: TextQuestion, signal: AbortSignal): Promise<TextAnswer> {
  return new Promise((resolve, reject) => {
    const input = vscode.window.createInputBox();
    const remember = rememberButton();
    let remembering = false;
    input.title = question.title;
    input.prompt = question.detail ?? "";
    input.password = question.secret;
    input.step = question.part?.number;
    input.totalSteps = question.part?.of;
    input.ignoreFocusOut = true;
    if (question.rememberable) input.buttons = [remember(false)];
    const settle = (act: () => void) => {
      signal.removeEventListener("abort", hide);
      act();
      input.dispose();
    };
    const hide = () => input.hide();
    signal.addEventListener("abort", hide);
    input.onDidTriggerButton(() => {
      remembering = !remembering;
      input.buttons = [remember(remembering)];
    });
    input.onDidAccept(() => settle(() => resolve({ text: input.value, remember: remembering })));
    input.onDidHide(() => settle(() => reject(new Failure({ reason: "cancelled" }))));
    if (signal.aborted) settle(() => reject(new Failure({ reason: "cancelled" })));
    else input.show();
  });
}

function rememberButton(): (on: boolean) => vscode.QuickInputButton {
  return (on) => ({
    iconPath: new vscode.ThemeIcon(on ? "pass-filled" : "save"),
    tooltip: on
      ? "Will be kept in the editor's secret storage. Click to keep it in memory only."
      : "Remember in the editor's secret storage",
  });
}
