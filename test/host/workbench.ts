/** What several specs do with VS Code's own parts: its tree rows, quick picks, dialogs, notifications and views. */
import { setTimeout as delay } from "node:timers/promises";
import { click, elements, fill, hover, press, type Target, type, waitFor } from "./harness/control";

type Text = string | RegExp;

const pollMs = 50;

/** Asks again until the answer is yes. */
export async function until(isSo: () => Promise<boolean>, what: string, signal: AbortSignal): Promise<void> {
  while (!(await isSo())) {
    if (signal.aborted) throw new Error(`Still waiting until ${what}.`);
    await delay(pollMs);
  }
}

/** Reads again until the text is accepted; the last text says what was there when the spec's time is up. */
export async function textUntil(
  read: () => Promise<string>,
  accept: (text: string) => boolean,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    const text = await read();
    if (accept(text)) return text;
    if (signal.aborted) throw new Error(`Still waiting; the last text was:\n${text}`);
    await delay(pollMs);
  }
}

/** A row of a tree in the side bar. */
export const row = (text: Text): Target => ({ selector: ".part.sidebar .monaco-list-row", text });

/** A button on the row whose spoken label begins so; it is there while the row is hovered. */
export const onRow = (label: string, action: string): Target => ({
  selector: `.part.sidebar .monaco-list-row[aria-label^="${label}"] .action-label[aria-label^="${action}"]`,
});

/** What unfolds the last row with that text. */
export const twistie = (text: string): Target => ({
  selector: `.part.sidebar .monaco-list-row:has-text("${text}") .monaco-tl-twistie`,
  nth: -1,
});

export const statusItem = (text: Text): Target => ({ selector: ".part.statusbar .statusbar-item", text });

export const dialog = ".monaco-dialog-box";
export const dialogButton = (text: Text): Target => ({ selector: `${dialog} .monaco-button`, text });

/** VS Code shows no message by itself while a test drives it, only in the list of notifications. */
export const notice = (text: Text): Target => ({
  selector: ".notifications-center .notification-list-item",
  text,
});

export const option = (text: Text): Target => ({ selector: ".quick-input-list .monaco-list-row", text });
export const focused = (text: Text): Target => ({ selector: ".quick-input-list .monaco-list-row.focused", text });
/** The one text field of whatever asks for something at the top of the window. */
export const input: Target = { selector: ".quick-input-box input" };
/** Opens one of VS Code's own pickers by its key: it may take the place of one that is about to close. */
async function openPicker(key: string, placeholder: string, text: string, found: string): Promise<void> {
  await press(key);
  const own = { selector: `.quick-input-box input[placeholder^="${placeholder}"]` };
  await fill(own, text);
  await waitFor(focused(found));
  await press("Enter", input);
}

/** Runs a command from the palette by its title. */
export async function command(title: string): Promise<void> {
  await openPicker("F1", "Type the name of a command", `>${title}`, title.replace(/^.*: /, ""));
}

/** Runs one of Tensorline's commands from the palette; once VS Code knows them. */
export async function run(title: string): Promise<void> {
  await waitFor({ selector: ".part.activitybar .action-label[aria-label^='Tensorline']" });
  await command(`Tensorline: ${title}`);
}

export async function openFile(name: string): Promise<void> {
  await openPicker("Control+P", "Search files by name", name, name);
}

/** Chooses in the quick pick with that title, as a person at the keyboard does. */
export async function choose(title: Text, text: string): Promise<void> {
  await waitFor({ selector: ".quick-input-title", text: title });
  await fill(input, text);
  await waitFor(focused(text));
  await press("Enter", input);
}

/** Answers the input box with that title or prompt. */
export async function answer(question: Text, text: string): Promise<void> {
  await waitFor({ selector: ".quick-input-widget", text: question });
  await fill(input, text);
  await press("Enter", input);
}

/** Chooses in the context menu by key: it takes no notice of a click in the moment after it has opened. */
export async function chooseInMenu(text: string): Promise<void> {
  await hover({ selector: ".monaco-menu .action-label", text });
  await waitFor({ selector: ".monaco-menu .action-item.focused", text });
  await press("Enter");
}

/** Types a line into the terminal in front. */
export async function typeInTerminal(line: string): Promise<void> {
  const terminal = ".terminal-wrapper.active";
  await click({ selector: `${terminal} .xterm-screen` });
  await waitFor({ selector: `${terminal} .xterm.focus` });
  await type(line);
  await press("Enter");
}

const views = ["Hosts", "GPUs", "Environments", "Jobs"] as const;

/** Shows Tensorline's side bar with only these views unfolded, so that their rows have room. */
export async function showViews(first: (typeof views)[number], ...others: (typeof views)[number][]): Promise<void> {
  await run(`Focus on ${first} View`);
  const header = (view: string) => `.pane-header[aria-label^="${view}"]`;
  // It opens late and is not to be taken for one that has to be folded.
  await waitFor({ selector: `${header(first)}[aria-expanded="true"]` });
  for (const view of views) {
    const isWanted = view === first || others.includes(view);
    const [found] = await elements({ selector: header(view) });
    if (found?.attributes["aria-expanded"] !== String(isWanted)) await click({ selector: header(view) });
    // The rows of a folded view stay for a moment.
    const body = { selector: `.pane:has(> ${header(view)}) > .pane-body` };
    await waitFor(body, { state: isWanted ? "visible" : "detached" });
  }
}

/** Ends the demo fleet for the specs that come after; its rows are of hosts that will not come back. */
export async function stopDemo(): Promise<void> {
  await showViews("Hosts");
  await run("Stop the Demo Fleet");
  await waitFor(row("Demo fleet"), { state: "detached" });
}

/** Clears away what a spec leaves open. */
export async function clearAway(): Promise<void> {
  for (const title of [
    "View: Close All Editors",
    "Notifications: Clear All Notifications",
    "Terminal: Kill All Terminals",
  ])
    await command(title);
}
