import { basename } from "node:path";
import * as vscode from "vscode";
import type { App } from "../../app";
import { isFailure, problemOf } from "../../core/failure";
import { parseConnectionText } from "../../core/hostsFile/connectionText";
import { checkDraft, type HostDraft, type HostValues, shortName } from "../../core/hostsFile/hostFields";
import { createHostsFile, type HostStanding, type HostsFile } from "../../core/hostsFile/hostsFile";
import type { HostRef } from "../../core/ports";
import { sentence } from "../../core/words";
import { showProblem } from "../../platform/problems";
import { reviewChanges } from "./editorDiff";
import { askField, showHostForm } from "./editorForm";
import { testDraft } from "./editorTest";

/** What an editing session begins with. */
interface Editing {
  readonly title: string;
  readonly note: string;
  readonly draft: HostDraft;
  /** Its name in the managed file so far. */
  readonly replaces?: string;
  /** Its entry among the remembered hosts so far. */
  readonly remembered?: string;
  readonly inherited?: HostValues;
  /** Which of our places it may be kept in: an override makes sense in the file alone, under the name it overrides. */
  readonly kind: "new" | "saved" | "override";
}

const hostsFileOf = (app: App): HostsFile => createHostsFile(app.settings.configFile(), app.client);

/** Asks for a host, shows it as a form and saves or remembers it. */
export async function addHost(app: App): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: "Add a host",
    prompt: "user@name:port, or a whole ssh command line",
    placeHolder: "ada@gpu1.example.org:2222   or   ssh -p 2222 ada@gpu1.example.org -J bastion",
    ignoreFocusOut: true,
    validateInput: (typed) => whyNotHost(typed),
  });
  if (text === undefined) return;
  const { draft, leftOut } = parseConnectionText(text);
  const standing = await hostsFileOf(app).standing(draft.alias);
  if (standing.kind !== "nowhere" && Object.keys(draft.values).length === 0)
    return editHost(app, app.book.ref(draft.alias));
  const note = leftOut.length === 0 ? "" : `Left out, because a host does not keep it: ${leftOut.join(" ")}`;
  await edit(app, { title: "Add a host", note, kind: "new", ...besideOthers(draft, standing) });
}

/** Changes a host of ours; for one of the user's own config there are two ways, and the person chooses. */
export async function editHost(app: App, host: HostRef): Promise<void> {
  const title = `Edit ${host.name}`;
  if (app.settings.hosts().includes(host.name)) {
    const { draft } = parseConnectionText(host.name);
    return edit(app, { title, note: "", draft, remembered: host.name, kind: "new" });
  }
  const standing = await hostsFileOf(app).standing(host.name);
  if (standing.kind === "own") return editOwn(app, host, standing);
  const values = standing.kind === "managed" ? standing.values : {};
  const replaces = standing.kind === "managed" ? { replaces: host.name } : {};
  await edit(app, { title, note: "", draft: { alias: host.name, values }, kind: "saved", ...replaces });
}

/** Takes a host away where we put it; what stands in the user's own file is only shown. */
export async function removeHost(app: App, host: HostRef): Promise<boolean> {
  if (app.settings.hosts().includes(host.name)) return removeRemembered(app, host);
  const file = hostsFileOf(app);
  const standing = await file.standing(host.name);
  if (standing.kind === "managed") {
    const changes = await file.planRemove(host.name);
    if (!(await reviewChanges(`Remove ${host.name}`, "Remove", changes))) return false;
    await file.write(changes);
    app.book.refresh();
    return true;
  }
  const open = "Open My SSH Config";
  const where =
    standing.kind === "own" ? ` in ${basename(standing.location.file)}, line ${standing.location.line + 1}` : "";
  const text = `${host.name} stands in your own ssh config${where}. Tensorline changes nothing there: remove it yourself.`;
  const answer = await vscode.window.showInformationMessage(text, open);
  if (answer === open && standing.kind === "own") await openAt(standing);
  else if (answer === open) await vscode.commands.executeCommand("tensorline.useSshConfig");
  return false;
}

async function removeRemembered(app: App, host: HostRef): Promise<boolean> {
  const remove = "Remove";
  const answer = await vscode.window.showWarningMessage(
    `Remove ${host.name} from Tensorline?`,
    { modal: true, detail: "Only this entry goes. Nothing on the host changes." },
    remove,
  );
  if (answer !== remove) return false;
  await app.book.remove(host.name);
  return true;
}

async function editOwn(app: App, host: HostRef, standing: Extract<HostStanding, { kind: "own" }>): Promise<void> {
  const { file, line } = standing.location;
  const open = { label: "$(go-to-file) Edit in My SSH Config", description: `${basename(file)}, line ${line + 1}` };
  const override = {
    label: "$(layers) Override It in Tensorline’s File",
    description: "your own file stays as it is",
    detail: "ssh takes the first value it finds, and that file comes first: what you set there wins.",
  };
  const title = `${host.name} stands in your own ssh config`;
  const picked = await vscode.window.showQuickPick([open, override], { title });
  if (picked === open) await openAt(standing);
  if (picked !== override) return;
  await edit(app, {
    title: `Override ${host.name}`,
    note: "What you leave out stays as your ssh config has it",
    draft: { alias: host.name, values: {} },
    inherited: standing.values,
    kind: "override",
  });
}

async function openAt({ location }: Extract<HostStanding, { kind: "own" }>): Promise<void> {
  const at = new vscode.Position(location.line, 0);
  await vscode.window.showTextDocument(vscode.Uri.file(location.file), { selection: new vscode.Range(at, at) });
}

/** The form, again and again until the host is saved, remembered or given up. */
async function edit(app: App, editing: Editing): Promise<void> {
  const { title, note, replaces, remembered, inherited = {} } = editing;
  const file = hostsFileOf(app);
  let { draft } = editing;
  let tests: Awaited<ReturnType<typeof testDraft>> = [];
  for (;;) {
    const rememberAs = editing.kind === "new" ? shortName(draft) : undefined;
    const choice = await showHostForm({
      title,
      note,
      draft,
      inherited,
      isNameFixed: editing.kind === "override",
      rememberAs,
      tests,
    });
    if (!choice) return;
    try {
      switch (choice.kind) {
        case "field":
          draft = portable(app, await askField(draft, choice.field));
          tests = [];
          break;
        case "test":
          checkDraft(draft);
          tests = await testDraft(app, file, draft, replaces);
          break;
        case "remember":
          return await remember(app, rememberAs ?? draft.alias, remembered);
        case "save":
          if (await save(app, file, draft, replaces, remembered)) return;
      }
    } catch (error) {
      // The form stays, so that nothing typed is lost.
      if (!isFailure(error, "cancelled")) await showProblem(error);
    }
  }
}

async function remember(app: App, name: string, remembered: string | undefined): Promise<void> {
  if (remembered !== undefined && remembered !== name) await app.book.remove(remembered);
  const host = await app.book.add(name);
  await vscode.commands.executeCommand("tensorline.connect", host);
}

async function save(
  app: App,
  file: HostsFile,
  draft: HostDraft,
  replaces: string | undefined,
  remembered: string | undefined,
): Promise<boolean> {
  const changes = await file.planPut(draft, replaces);
  if (changes.length > 0) {
    if (!(await reviewChanges(`Save ${draft.alias}`, "Save", changes))) return false;
    await file.write(changes);
  }
  if (remembered !== undefined) await app.book.remove(remembered);
  app.book.refresh();
  const host = app.book.ref(draft.alias);
  if (app.engine.state(host).kind !== "connected") {
    await vscode.commands.executeCommand("tensorline.connect", host);
  } else {
    void vscode.window.showInformationMessage(
      `Saved. The open connection to ${draft.alias} keeps what it began with; the next one uses the new values.`,
    );
  }
  return true;
}

/** A new host whose short name is taken goes by its whole address; where there is no other name it would override that host. */
function besideOthers(draft: HostDraft, standing: HostStanding): { draft: HostDraft; inherited?: HostValues } {
  const { hostName } = draft.values;
  if (standing.kind === "nowhere") return { draft };
  if (hostName !== undefined) return { draft: { ...draft, alias: hostName.replace(/[:%]+/g, "-") } };
  return { draft, inherited: standing.values };
}

/** Windows paths are written with slashes, which every ssh there reads. */
function portable(app: App, draft: HostDraft): HostDraft {
  const { identityFile } = draft.values;
  if (app.client.os !== "win32" || identityFile === undefined) return draft;
  return { ...draft, values: { ...draft.values, identityFile: identityFile.replaceAll("\\", "/") } };
}

function whyNotHost(text: string): string | undefined {
  if (text.trim() === "") return "A name is needed, such as gpu1 or ada@gpu1.example.org:2222.";
  try {
    parseConnectionText(text);
    return undefined;
  } catch (error) {
    return sentence(problemOf(error));
  }
}
