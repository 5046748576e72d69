import * as vscode from "vscode";
import type { App } from "../../app";
import type { HostRef } from "../../core/ports";
import { wordsOf } from "../environments/rows";
import { rowsDeps } from "../environments/rowsDeps";
import { surveyOf } from "../environments/targets";
import { pickHost } from "../hosts/commands";
import type { Pair, Pairs } from "./pairs";

type Choice = vscode.QuickPickItem & { readonly pair?: Pair };

/** Asks for host and environment, those of before first: one Enter takes the last ones. Undefined: the person thinks better of it. */
export async function pickPair(app: App, pairs: Pairs): Promise<Pair | undefined> {
  const recent = pairs.recent();
  if (recent.length === 0) return pickNew(app);
  const items: Choice[] = recent.map((pair) => ({
    label: pair.host.name,
    description: pair.environment ? `${pair.environment.name} (${pair.environment.manager})` : "no environment",
    ...(pair.environment ? { detail: pair.environment.prefix } : {}),
    pair,
  }));
  const another: Choice = { label: "$(remote) Another host or environment…", alwaysShow: true };
  const picked = await vscode.window.showQuickPick([...items, another], {
    title: "Tensor terminal on which host?",
    matchOnDescription: true,
  });
  if (!picked) return undefined;
  return picked.pair ?? pickNew(app);
}

async function pickNew(app: App): Promise<Pair | undefined> {
  const host = await pickHost(app);
  return host && pickEnvironment(app, host);
}

async function pickEnvironment(app: App, host: HostRef): Promise<Pair | undefined> {
  const { report } = await surveyOf(app, host);
  const chosen = app.selections.environment(host, "workspace");
  const items: Choice[] = report.environments
    .filter(({ error }) => error === undefined)
    .map((environment) => {
      const words = wordsOf({ host, kind: "environment", environment }, rowsDeps(app));
      const description = words.description === undefined ? {} : { description: String(words.description) };
      return { label: words.label, ...description, detail: environment.prefix, pair: { host, environment } };
    });
  // What this workspace uses there stands first.
  items.sort((one, other) => Number(isChosen(other, chosen?.prefix)) - Number(isChosen(one, chosen?.prefix)));
  items.push({ label: "No environment", description: "as your own shells there", pair: { host } });
  const picked = await vscode.window.showQuickPick(items, {
    title: `Which environment of ${host.name}?`,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.pair;
}

const isChosen = ({ pair }: Choice, prefix: string | undefined): boolean =>
  prefix !== undefined && pair?.environment?.prefix === prefix;
