import type { ConfiguredForward } from "../../core/connections";
import type { Forward } from "../../core/forwards/forward";
import type { Listener } from "../../core/forwards/listeners";
import { knownServices, parseTarget, sameTarget, targetName } from "../../core/forwards/target";
import type { TcpTarget } from "../../core/remote";

/** A port that can be forwarded, and what is known about it. */
export interface TargetChoice {
  readonly target: TcpTarget;
  /** The port of this computer that the ssh config names. */
  readonly localPort?: number;
  readonly label?: string;
  readonly description: string;
}

export interface TargetGroup {
  readonly title: string;
  readonly choices: readonly TargetChoice[];
}

/** What is offered where nothing is known about the host. */
const common = [6006, 8888, 8265, 8000, 8080];

/** What can be offered for a host, the likeliest first, nothing twice. */
export function targetGroups(facts: {
  host: string;
  listeners: readonly Listener[];
  configured: readonly ConfiguredForward[];
  forwards: readonly Forward[];
}): readonly TargetGroup[] {
  const { host, listeners, configured, forwards } = facts;
  const offered: TcpTarget[] = [];
  const choice = (target: TcpTarget, localPort?: number): TargetChoice[] => {
    if (offered.some((other) => sameTarget(other, target))) return [];
    offered.push(target);
    const label = knownServices.get(target.port);
    const known = forwards.find((forward) => forward.state.kind !== "failed" && sameTarget(forward.target, target));
    const address = known ? `forwarded to localhost:${known.localPort}` : localPort && `to localhost:${localPort}`;
    return [
      {
        target,
        ...(localPort === undefined ? {} : { localPort }),
        ...(label === undefined ? {} : { label }),
        description: [label, address].filter(Boolean).join(", "),
      },
    ];
  };
  // What has a name is what people look for: a host has many nameless ports.
  const isNameless = ({ target }: Listener) => Number(!knownServices.has(target.port));
  const listening = (mine: boolean) =>
    listeners
      .filter((listener) => listener.mine === mine)
      .sort((a, b) => isNameless(a) - isNameless(b))
      .flatMap(({ target }) => choice(target));
  return [
    { title: `Your processes on ${host}`, choices: listening(true) },
    {
      title: "From your ssh config",
      choices: configured.flatMap(({ bind, target }) => choice(ownName(target), bind.port)),
    },
    { title: "Usual ports", choices: common.flatMap((port) => choice({ host: "localhost", port })) },
    { title: `Others on ${host}`, choices: listening(false) },
  ].filter(({ choices }) => choices.length > 0);
}

/** What the person typed, as a choice; undefined while it is no port. */
export function typedChoice(text: string): TargetChoice | undefined {
  const target = parseTarget(text);
  if (!target) return undefined;
  const label = knownServices.get(target.port);
  return { target, ...(label === undefined ? {} : { label }), description: `${targetName(target)}` };
}

const ownName = (target: TcpTarget): TcpTarget =>
  target.host === "127.0.0.1" ? { ...target, host: "localhost" } : target;
