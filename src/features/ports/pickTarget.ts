import * as vscode from "vscode";
import { targetName } from "../../core/forwards/target";
import type { TargetChoice, TargetGroup } from "./targetChoices";
import { typedChoice } from "./targetChoices";

interface Item extends vscode.QuickPickItem {
  readonly choice?: TargetChoice;
}

/** Lets the person choose one of the host's ports or type any; `groups` may come late. Undefined when they decline. */
export function pickTarget(host: string, groups: Promise<readonly TargetGroup[]>): Promise<TargetChoice | undefined> {
  return new Promise((resolve) => {
    const pick = vscode.window.createQuickPick<Item>();
    let offered: readonly TargetGroup[] = [];
    const show = () => {
      pick.items = [...typedItems(pick.value, offered), ...offered.flatMap(groupItems)];
    };
    pick.title = `Forward a port of ${host} to this computer`;
    pick.placeholder = "Port or host:port, such as 6006";
    pick.matchOnDescription = true;
    pick.busy = true;
    groups.then((known) => {
      offered = known;
      pick.busy = false;
      show();
    });
    pick.onDidChangeValue(show);
    pick.onDidAccept(() => {
      const choice = pick.selectedItems[0]?.choice;
      if (!choice) return;
      resolve(choice);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    show();
    pick.show();
  });
}

function groupItems({ title, choices }: TargetGroup): Item[] {
  return [
    { label: title, kind: vscode.QuickPickItemKind.Separator },
    ...choices.map((choice) => ({ label: targetName(choice.target), description: choice.description, choice })),
  ];
}

/** What was typed stands first, unless it is one of those offered. */
function typedItems(text: string, groups: readonly TargetGroup[]): Item[] {
  if (text.trim() === "") return [];
  const choice = typedChoice(text);
  if (choice) {
    const name = targetName(choice.target);
    const isOffered = groups.some(({ choices }) => choices.some((other) => targetName(other.target) === name));
    const label = `Forward port ${name}`;
    return isOffered ? [] : [{ label, description: choice.label ?? "", alwaysShow: true, choice }];
  }
  const matches = groups.some(({ choices }) =>
    choices.some((other) => `${targetName(other.target)} ${other.description}`.includes(text.trim())),
  );
  return matches ? [] : [{ label: "A port from 1 to 65535 is needed, or host:port", alwaysShow: true }];
}
