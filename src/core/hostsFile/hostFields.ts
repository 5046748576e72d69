import { Failure } from "../failure";
import { isHostName, isUserName, parseHostName } from "../hostName";

/** What the hosts editor offers for a host; every value as the config file holds it, without quotes. */
export type HostField = "hostName" | "user" | "port" | "identityFile" | "proxyJump" | "forwardAgent";

export type HostValues = Readonly<Partial<Record<HostField, string>>>;

/** A host as the editor has it: not written anywhere yet. */
export interface HostDraft {
  /** The name of the `Host` block. */
  readonly alias: string;
  readonly values: HostValues;
}

interface FieldKind {
  readonly directive: string;
  /** In words that fit "cannot be the …". */
  readonly label: string;
  readonly rule: string;
  fits(value: string): boolean;
}

const name: FieldKind = {
  directive: "Host",
  label: "name",
  rule: "a name is one word, without wildcards and without any of : @ / , = # %",
  fits: (value) => !/[*?!#,/%=@:[\]]/.test(value) && isHostName(value),
};

/** Each field's directive and rule. No value can hold a line break or a quote, so none can become another directive. */
export const hostFields: Readonly<Record<HostField, FieldKind>> = {
  hostName: {
    directive: "HostName",
    label: "address",
    rule: "an address is a DNS name or an IP address",
    fits: (value) => !/[#=]/.test(value) && isHostName(value) && !/%(?![%h])/.test(value.replaceAll("%%", "")),
  },
  user: {
    directive: "User",
    label: "user",
    rule: "ssh does not accept it as a user name",
    fits: (value) => isUserName(value) && !/\\[\\ ]/.test(value),
  },
  port: {
    directive: "Port",
    label: "port",
    rule: "a port is a whole number from 1 to 65535",
    fits: (value) => /^[1-9]\d{0,4}$/.test(value) && Number(value) <= 65535,
  },
  identityFile: {
    directive: "IdentityFile",
    label: "key file",
    rule: "a key file is a path that is absolute or begins with ~, without quotes",
    fits: (value) => /^(~[/\\]|\/|[A-Za-z]:[/\\]|%d\/|\$\{\w+\})/.test(value) && !/\\[\\ ]./.test(value.slice(2)),
  },
  proxyJump: {
    directive: "ProxyJump",
    label: "jump host",
    rule: "jump hosts are names of your ssh config or user@name:port, with commas between several",
    fits: (value) => value === "none" || value.split(",").every((hop) => isJump(hop.replace(/^ssh:\/\//, ""))),
  },
  forwardAgent: {
    directive: "ForwardAgent",
    label: "agent forwarding",
    rule: "it is yes or no",
    fits: (value) => value === "yes" || value === "no",
  },
};

/** The fields in the order in which they are shown and written. */
export const fieldNames = Object.keys(hostFields) as readonly HostField[];

/** @throws Failure `hostFieldInvalid` for the first value that ssh would not take */
export function checkDraft(draft: HostDraft): void {
  checkField("alias", draft.alias);
  for (const field of fieldNames) {
    const value = draft.values[field];
    if (value !== undefined) checkField(field, value);
  }
}

/** @throws Failure `hostFieldInvalid` */
export function checkField(field: HostField | "alias", value: string): void {
  const kind = field === "alias" ? name : hostFields[field];
  const plain = value !== "" && value === value.trim() && !/[\p{Cc}\p{Zl}\p{Zp}"']/u.test(value);
  if (plain && kind.fits(value)) return;
  throw new Failure({ reason: "hostFieldInvalid", field: kind.label, value, rule: kind.rule });
}

/** `user@name:port`, where that says it all. */
export function shortName({ alias, values }: HostDraft): string | undefined {
  if (values.identityFile ?? values.proxyJump ?? values.forwardAgent) return undefined;
  const address = values.hostName ?? alias;
  const host = values.port !== undefined && address.includes(":") ? `[${address}]` : address;
  return `${values.user === undefined ? "" : `${values.user}@`}${host}${values.port === undefined ? "" : `:${values.port}`}`;
}

function isJump(hop: string): boolean {
  try {
    parseHostName(hop);
    return !/[#=\s]/.test(hop);
  } catch {
    return false;
  }
}
