import type { ClientFacts } from "../ports";
import { type FileChange, readConfigText, writeConfigTexts } from "./configText";
import { putHost, quoteValue, readHost, removeHost } from "./editHosts";
import type { HostDraft, HostValues } from "./hostFields";
import { withInclude, withoutInclude } from "./include";
import { type HostLocation, locateHost } from "./locateHost";
import { type HostsPlaces, hostsPlaces } from "./places";

/** Where a host of the ssh config stands, for those who want to edit it. */
export type HostStanding =
  /** In our file, as a block of its own. */
  | { readonly kind: "managed"; readonly values: HostValues }
  /** In the user's own files, where we write nothing. */
  | { readonly kind: "own"; readonly location: HostLocation; readonly values: HostValues }
  | { readonly kind: "nowhere" };

/** The hosts of the managed file. Planning reads; only `write` writes. */
export interface HostsFile {
  readonly places: HostsPlaces;
  standing(alias: string): Promise<HostStanding>;
  /**
   * What saving this host changes, the managed file first.
   * @param replaces the name it has had in the managed file so far
   * @throws Failure `hostFieldInvalid`, `hostNameTaken`, `hostsFileUnusable`
   */
  planPut(draft: HostDraft, replaces: string | undefined): Promise<readonly FileChange[]>;
  planRemove(alias: string): Promise<readonly FileChange[]>;
  /** @throws Failure `hostsFileChanged`, `hostsFileUnusable` */
  write(changes: readonly FileChange[]): Promise<void>;
  /**
   * An ssh config that knows this host as it would be saved, for trying it out.
   * @param systemConfig the machine's own config, which ssh does not read where another file is named
   */
  draftConfig(draft: HostDraft, replaces: string | undefined, systemConfig: string | undefined): Promise<string>;
}

/** @param configFile the ssh config in use where it is not `~/.ssh/config` */
export function createHostsFile(configFile: string | undefined, client: ClientFacts): HostsFile {
  const places = hostsPlaces(configFile, client);
  const read = async (file: string) => ({ file, before: await readConfigText(file) });

  return {
    places,
    async standing(alias) {
      const managed = readHost((await readConfigText(places.managed)) ?? "", alias);
      if (managed) return { kind: "managed", values: managed };
      const location = await locateHost(places.config, alias, client);
      return location ? { kind: "own", location, values: readHost(location.text, alias) ?? {} } : { kind: "nowhere" };
    },
    async planPut(draft, replaces) {
      const [managed, config] = await Promise.all([read(places.managed), read(places.config)]);
      return [
        { ...managed, after: putHost(managed.before ?? "", draft, replaces) },
        { ...config, after: withInclude(config.before ?? "", places, client) },
      ].filter(isChange);
    },
    async planRemove(alias) {
      const managed = await read(places.managed);
      return [{ ...managed, after: removeHost(managed.before ?? "", alias) }].filter(isChange);
    },
    write: (changes) => writeConfigTexts(changes, `${places.managed}.lock`),
    async draftConfig(draft, replaces, systemConfig) {
      const [managed, config] = await Promise.all([readConfigText(places.managed), readConfigText(places.config)]);
      return [
        putHost(managed ?? "", draft, replaces),
        // What follows must not belong to the last host.
        "Host *",
        withoutInclude(config ?? "", places, client).replace(/^\uFEFF/, ""),
        ...(systemConfig === undefined
          ? []
          : ["Host *", `Include ${quoteValue(systemConfig.replaceAll("\\", "/"))}`, ""]),
      ].join("\n");
    },
  };
}

const isChange = ({ before, after }: FileChange) => before !== after && !(before === undefined && after === "");
