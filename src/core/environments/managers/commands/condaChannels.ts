import type { InstallWish } from "../../manager";
import { checkedWord } from "./condaWishes";
import type { Step } from "./guardedPlans";
import { maskSecrets } from "./maskSecrets";

/** Where packages come from, in conda's terms: an index is a channel, and so is a folder of packages on the host. */
export interface Channels {
  /** Options for `install`, `update` and `create`. */
  readonly options: readonly string[];
  /** The step for a command without such options. */
  around(step: Step): Step;
  /** Addresses with a password or token: as variables, since everybody on the host can read arguments. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** @throws Failure `hostPathUnusable` for what would be read as an option, or would not be one word */
export function channelsOf({ indexUrl, extraIndexUrl, offlineFolder }: InstallWish): Channels {
  const channels = [offlineFolder, indexUrl, extraIndexUrl].flatMap((channel) => checkedWord(channel) ?? []);
  const isOffline = offlineFolder !== undefined;
  const variables = { CONDA_CHANNELS: channels.join(","), ...(isOffline && { CONDA_OFFLINE: "true" }) };
  if (channels.length === 0) return { options: [], around: (step) => step };
  if (channels.some((channel) => maskSecrets(channel) !== channel)) {
    return { options: [], around: (step) => step, secrets: variables };
  }
  return {
    options: [
      ...(isOffline ? ["--offline"] : []),
      ...(isOffline || indexUrl !== undefined ? ["--override-channels"] : []),
      ...channels.flatMap((channel) => ["--channel", channel]),
    ],
    around: (step) => ["env", ...Object.entries(variables).map(([name, value]) => `${name}=${value}`), ...step],
  };
}
