import * as vscode from "vscode";
import type { HostRef } from "../../core/ports";
import { hostOfTerminal } from "../hosts/terminal";
import type { TensorsFeature, TerminalState } from "./feature";
import { type KnownFailure, type LinkTarget, lineLinks } from "./lineLinks";
import { openPlace } from "./openPlace";
import { tensorStateOf } from "./terminal";

interface Link extends vscode.TerminalLink {
  readonly run: () => Promise<void>;
}

/** Links of tracebacks and of the explanation under them, in terminals of hosts. */
export function registerLinks(feature: TensorsFeature): vscode.Disposable {
  const provider: vscode.TerminalLinkProvider<Link> = {
    provideTerminalLinks({ line, terminal }) {
      const host = hostOfTerminal(terminal);
      if (!host) return [];
      const state = tensorStateOf(terminal);
      return lineLinks(line, state && knownFailure(feature, state)).map(({ start, length, target }) => ({
        startIndex: start,
        length,
        tooltip: target.kind === "place" ? `Open on ${host.name}` : "Show the explanation",
        run: () => follow(feature, host, state, target),
      }));
    },
    handleTerminalLink: ({ run }) => run(),
  };
  return vscode.window.registerTerminalLinkProvider(provider);
}

function knownFailure({ parts }: TensorsFeature, { last }: TerminalState): KnownFailure | undefined {
  if (!last) return undefined;
  const { explanation } = last;
  const words = { openWords: parts().openWords(explanation), showWords: parts().showWords };
  return explanation.location ? { ...words, location: explanation.location } : words;
}

async function follow(
  feature: TensorsFeature,
  host: HostRef,
  state: TerminalState | undefined,
  target: LinkTarget,
): Promise<void> {
  const last = state?.last;
  if (target.kind === "place") {
    const folder = target.isFailed ? last?.context.folder : state?.folder();
    return openPlace(feature, host, folder, target.place);
  }
  if (last) feature.show(last, state);
}
