import type { InstallWish } from "../../manager";

/** Where packages come from, apart from what nobody else on the host may see. */
export interface Sources {
  /** For the script: file, index, extra index, offline folder; `secret` for an address that comes apart, else nothing. */
  readonly parameters: readonly [string, string, string, string];
  /** Addresses with a password, as variables of the operation. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The options as a person would type them; passwords are hidden. */
  readonly shown: readonly string[];
}

type SourceWish = Pick<InstallWish, "file" | "indexUrl" | "extraIndexUrl" | "offlineFolder">;

export function sourcesOf(wish: SourceWish): Sources {
  const { file = "", indexUrl = "", extraIndexUrl = "", offlineFolder = "" } = wish;
  const plain = (url: string) => (hasPassword(url) ? "secret" : url);
  const secret = (name: string, url: string) => (hasPassword(url) ? { [name]: url } : {});
  const option = (name: string, value: string) => (value === "" ? [] : [name, hidePasswords(value)]);
  return {
    parameters: [file, plain(indexUrl), plain(extraIndexUrl), offlineFolder],
    secrets: { ...secret("TENSORLINE_INDEX_URL", indexUrl), ...secret("TENSORLINE_EXTRA_INDEX_URL", extraIndexUrl) },
    shown: [
      ...option("--index-url", indexUrl),
      ...option("--extra-index-url", extraIndexUrl),
      ...(offlineFolder === "" ? [] : ["--no-index", ...option("--find-links", offlineFolder)]),
      ...shownFile(file),
    ],
  };
}

function shownFile(file: string): readonly string[] {
  if (file === "") return [];
  const folder = file.replace(/\/[^/]*$/, "");
  return /\/(pyproject\.toml|setup\.py|setup\.cfg)$/.test(file) ? ["--editable", folder] : ["-r", file];
}

const userInformation = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i;

/** An address with a name or password in it. A user name alone is often a token. */
const hasPassword = (url: string): boolean => userInformation.test(url);

/** The text with what stands before the @ of an address hidden. */
export const hidePasswords = (text: string): string => text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/?#\s]*@/gi, "$1****@");
