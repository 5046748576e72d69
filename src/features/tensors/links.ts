import * as vscode from "vscode";
import type { HostRef } from "../../core/ports";
import { sourceLinks } from "../../shared/sourceLinks";
import type { CodePlace } from "../../shared/tensors";
import { hostOfTerminal } from "../hosts/terminal";
import type { TensorsFeature, TerminalState } from "./feature";
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
      const own = state?.last && line.startsWith("╰ ") ? boxLinks(feature, state, line) : [];
      return [...own, ...fileLinks(feature, host, state, line)];
    },
    handleTerminalLink: ({ run }) => run(),
  };
  return vscode.window.registerTerminalLinkProvider(provider);
}

function fileLinks(feature: TensorsFeature, host: HostRef, state: TerminalState | undefined, line: string): Link[] {
  return sourceLinks(line).map(({ start, end, path, line: row, column }) => {
    const known = state?.last?.explanation.location;
    const isKnown = known?.line === row && (known.file === path || known.file.endsWith(`/${path}`));
    const told: CodePlace = { file: path, line: row, ...(column === undefined ? {} : { column: column - 1 }) };
    const folder = isKnown ? state?.last?.context.folder : state?.folder();
    return {
      startIndex: start,
      length: end - start,
      tooltip: `Open on ${host.name}`,
      run: () => openPlace(feature, host, folder, isKnown ? known : told),
    };
  });
}

/** The words of the box's last line. */
function boxLinks(feature: TensorsFeature, state: TerminalState, line: string): Link[] {
  const { host, last } = state;
  if (!last) return [];
  const { explanation, context } = last;
  const { openWords, showWords } = feature.parts();
  const { location } = explanation;
  const linkOf = (words: string, tooltip: string, run: () => Promise<void>): Link[] => {
    const startIndex = line.indexOf(words);
    return startIndex < 0 ? [] : [{ startIndex, length: words.length, tooltip, run }];
  };
  return [
    ...(location
      ? linkOf(openWords(explanation), "Open the line that failed", () =>
          openPlace(feature, host, context.folder, location),
        )
      : []),
    ...linkOf(showWords, "Show operands, layers and tensors", async () => feature.show(last, state)),
  ];
}
