import type { ConfiguredForward } from "../core/connections";
import type { OptionValues } from "./hostOptions";

/** The forwards between ports as `ssh -G` prints them (`[address]:port [host]:port`); those of sockets are left out. */
export function configuredForwards(values: OptionValues): ConfiguredForward[] {
  const everywhere = values.get("gatewayports")?.[0] === "yes";
  return (values.get("localforward") ?? []).flatMap((line): ConfiguredForward[] => {
    const [, host, from, target, to] = /^(?:\[([^\]]*)\]:)?(\d+) \[([^\]]*)\]:(\d+)$/.exec(line) ?? [];
    if (from === undefined || target === undefined || to === undefined) return [];
    const address = host ?? (everywhere ? "*" : undefined);
    const bind = { port: Number(from), ...(address === undefined ? {} : { host: address || "*" }) };
    return [{ bind, target: { host: target, port: Number(to) } }];
  });
}
