import type { Disposable } from "./lifecycle";

/** Facts about the machine Tensorline runs on, injected so that every client OS can be tested on any. */
export interface ClientFacts {
  readonly os: "linux" | "darwin" | "win32";
  /** Absolute home folder in the client's own path syntax. */
  readonly home: string;
  readonly user: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folders open in the editor: what lies in them may come from somebody else. Absent: none, as on the command line. */
  readonly workspaceFolders?: () => readonly string[];
}

/** Asks the person. Rejects with reason `promptUnavailable` where nobody can be asked, `cancelled` when they decline. */
export interface Prompts {
  /** `secret`: typed without echo and offered to be remembered where the editor can. */
  askText(question: TextQuestion, signal: AbortSignal): Promise<TextAnswer>;
  /** True: trust this key from now on. */
  confirmHostKey(question: HostKeyQuestion, signal: AbortSignal): Promise<boolean>;
  /** Shows what the person has to do elsewhere, such as touching a security key, until the signal fires; resolves then. */
  tell?(notice: Notice, signal: AbortSignal): Promise<void>;
}

export interface Notice {
  readonly host: string;
  readonly text: string;
}

export interface TextQuestion {
  readonly host: string;
  /** What is asked for, in full: `Password for alice@lab1`. Says which host and which factor. */
  readonly title: string;
  /** The server's own words, already free of control characters; shown as a quotation. */
  readonly detail?: string;
  readonly secret: boolean;
  /** The secret may be kept in the secret store. */
  readonly rememberable: boolean;
  /** Where the server asks several things at once: which of them this is, from 1. */
  readonly part?: { readonly number: number; readonly of: number };
}

export interface TextAnswer {
  readonly text: string;
  readonly remember: boolean;
}

export interface HostKeyQuestion {
  readonly host: string;
  readonly hostname: string;
  readonly port: number;
  readonly keyType: string;
  /** `SHA256:…`, as ssh shows it. */
  readonly fingerprint: string;
  /** Key types already known for this host: then the new one deserves a second look. */
  readonly knownTypes: readonly string[];
}

/** Keeps secrets on the client; never anywhere else. */
export interface Secrets {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Settings the core obeys, read anew at each use. */
export interface Settings {
  /** Key files to try first (`-i`). */
  identityFiles(): readonly string[];
  /** Trust unknown host keys without asking, and remember them. */
  acceptNewHostKeys(): boolean;
  /** Milliseconds until a connection attempt is given up, prompts not counted. */
  connectTimeoutMs(): number;
  /** Which transport carries connections; `auto`, also where it is left out: ssh2, and the system's ssh where ssh2 cannot. */
  sshTransport?(): "auto" | "ssh2" | "system";
}

/** Which host: a name for people and for `ssh`, and the ssh config that knows it where that is not the user's own. */
export interface HostRef {
  /** An alias of the ssh config, or `[user@]name[:port]`. */
  readonly name: string;
  readonly configFile?: string;
}

/** One word for a host, stable for as long as the window lives. */
export function hostId(host: HostRef): string {
  return host.configFile === undefined ? host.name : `${host.name} (${host.configFile})`;
}

export type { Disposable };
