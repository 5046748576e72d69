import * as vscode from "vscode";
import { problemOf } from "../../core/failure";
import {
  checkField,
  fieldNames,
  type HostDraft,
  type HostField,
  type HostValues,
} from "../../core/hostsFile/hostFields";
import type { HostTestResult } from "../../core/hostTest";
import type { HostRef } from "../../core/ports";
import { sentence } from "../../core/words";

/** What the form shows. */
export interface HostForm {
  readonly title: string;
  /** Below the title. */
  readonly note: string;
  readonly draft: HostDraft;
  /** What the user's own config says where the draft says nothing. */
  readonly inherited: HostValues;
  /** The name belongs to the user's own config. */
  readonly isNameFixed: boolean;
  /** How the host may be kept without writing a file; undefined where that would lose something. */
  readonly rememberAs: string | undefined;
  readonly tests: readonly HostTestResult[];
}

export type FormField = HostField | "alias";
export type FormChoice =
  | { kind: "save" }
  | { kind: "remember" }
  | { kind: "test" }
  | { kind: "field"; field: FormField };

interface FormItem extends vscode.QuickPickItem {
  readonly choice?: FormChoice;
}

const labels: Readonly<Record<FormField, string>> = {
  alias: "Name",
  hostName: "Address",
  user: "User",
  port: "Port",
  identityFile: "Key file",
  proxyJump: "Jump host",
  forwardAgent: "Forward the agent",
};

const hints: Readonly<Record<FormField, string>> = {
  alias: "What you call it, here and in ssh",
  hostName: "DNS name or IP address; empty: the name itself",
  user: "Empty: your own name on this computer, or what your ssh config says",
  port: "Empty: 22, or what your ssh config says",
  identityFile: "A path such as ~/.ssh/id_ed25519; empty: the usual keys",
  proxyJump: "A host to go through, such as bastion or ada@bastion:22, with commas between several; empty: none",
  forwardAgent: "Let programs on the host use your ssh agent; empty: as your ssh config says",
};

const testIcons: Readonly<Record<HostTestResult["outcome"], string>> = {
  works: "$(pass)",
  fails: "$(error)",
  missing: "$(info)",
  "not tried": "$(circle-outline)",
};

/** Shows the host and what can be done with it; undefined when it is closed. */
export function showHostForm(form: HostForm): Promise<FormChoice | undefined> {
  return new Promise((resolve) => {
    const pick = vscode.window.createQuickPick<FormItem>();
    pick.title = form.title;
    pick.placeholder = form.note;
    pick.ignoreFocusOut = true;
    pick.matchOnDescription = true;
    pick.items = formItems(form);
    pick.activeItems = pick.items.filter(({ choice }) => choice?.kind === "save");
    let chosen: FormChoice | undefined;
    pick.onDidAccept(() => {
      chosen = pick.activeItems[0]?.choice;
      if (chosen) pick.hide();
    });
    pick.onDidHide(() => {
      pick.dispose();
      resolve(chosen);
    });
    pick.show();
  });
}

function formItems({ draft, inherited, isNameFixed, rememberAs, tests }: HostForm): FormItem[] {
  const separator = (label: string): FormItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const remember: FormItem[] =
    rememberAs === undefined
      ? []
      : [
          {
            label: "$(bookmark) Just Remember It",
            description: `as ${rememberAs}, in Tensorline only; no file changes`,
            choice: { kind: "remember" },
          },
        ];
  return [
    ...(tests.length === 0 ? [] : [separator("Test"), ...tests.map(testItem)]),
    separator("Do"),
    {
      label: "$(save) Save…",
      description: "for ssh and other programs too; shows the change first",
      choice: { kind: "save" },
    },
    ...remember,
    { label: "$(debug-start) Test", description: "connects without saving", choice: { kind: "test" } },
    separator("Change"),
    ...[...(isNameFixed ? [] : (["alias"] as const)), ...fieldNames].map((field): FormItem => {
      const value = field === "alias" ? draft.alias : draft.values[field];
      const otherwise = field === "alias" ? undefined : inherited[field];
      return {
        label: labels[field],
        description: value ?? (otherwise === undefined ? "–" : `– (your ssh config: ${otherwise})`),
        choice: { kind: "field", field },
      };
    }),
  ];
}

function testItem({ step, outcome, words }: HostTestResult): FormItem {
  return { label: `${testIcons[outcome]} ${step}`, [outcome === "fails" ? "detail" : "description"]: words };
}

/** Shows how a host's test went. */
export async function showHostTest(host: HostRef, tests: readonly HostTestResult[]): Promise<void> {
  const failed = tests.some(({ outcome }) => outcome === "fails");
  await vscode.window.showQuickPick(tests.map(testItem), {
    title: `Test of ${host.name}`,
    placeHolder: failed ? "It does not work yet." : "It works.",
    ignoreFocusOut: true,
  });
}

/** Asks for one value; gives the draft with it, or the same draft when the question is closed. */
export async function askField(draft: HostDraft, field: FormField): Promise<HostDraft> {
  if (field === "forwardAgent") return askForwardAgent(draft);
  const text = await vscode.window.showInputBox({
    title: `${labels[field]} of ${draft.alias}`,
    prompt: hints[field],
    value: (field === "alias" ? draft.alias : draft.values[field]) ?? "",
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === "" && field !== "alias" ? undefined : whyNot(field, value.trim())),
  });
  if (text === undefined) return draft;
  return field === "alias" ? renamed(draft, text.trim()) : withValue(draft, field, text.trim());
}

async function askForwardAgent(draft: HostDraft): Promise<HostDraft> {
  const items = [
    { label: "yes", value: "yes" },
    { label: "no", value: "no" },
    { label: "not set", value: "" },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: labels.forwardAgent,
    placeHolder: hints.forwardAgent,
  });
  return picked ? withValue(draft, "forwardAgent", picked.value) : draft;
}

/** A name that was the address as well leaves it behind. */
function renamed(draft: HostDraft, alias: string): HostDraft {
  if (alias === draft.alias) return draft;
  return { alias, values: { hostName: draft.alias, ...draft.values } };
}

function withValue({ alias, values }: HostDraft, field: HostField, value: string): HostDraft {
  const { [field]: _old, ...others } = values;
  return { alias, values: value === "" ? others : { ...others, [field]: value } };
}

function whyNot(field: FormField, value: string): string | undefined {
  try {
    checkField(field, value);
    return undefined;
  } catch (error) {
    return sentence(problemOf(error));
  }
}
