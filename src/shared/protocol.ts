import * as v from "valibot";

/**
 * One typed protocol between a page and the extension. A panel is one `Api` const of commands (page → extension) and
 * notifications (extension → page); both sides build an exhaustive handler map from it, so a missing handler fails the build.
 */
type Schema = v.GenericSchema;

export interface Command<S extends Schema = Schema> {
  readonly direction: "command";
  readonly schema: S;
}

export interface Notification<S extends Schema = Schema> {
  readonly direction: "notification";
  readonly schema: S;
}

export type Api = Readonly<Record<string, Command | Notification>>;

/** From the page to the extension. */
export function command<S extends Schema>(schema: S): Command<S> {
  return { direction: "command", schema };
}

/** From the extension to the page. */
export function notification<S extends Schema>(schema: S): Notification<S> {
  return { direction: "notification", schema };
}

type NamesOf<A extends Api, D extends "command" | "notification"> = {
  [K in keyof A]: A[K]["direction"] extends D ? K : never;
}[keyof A] &
  string;

export type CommandName<A extends Api> = NamesOf<A, "command">;
export type NotificationName<A extends Api> = NamesOf<A, "notification">;
export type ParamsOf<A extends Api, K extends keyof A> = v.InferOutput<A[K]["schema"]>;

export type CommandHandlers<A extends Api> = { readonly [K in CommandName<A>]: (params: ParamsOf<A, K>) => void };
export type NotificationHandlers<A extends Api> = {
  readonly [K in NotificationName<A>]: (params: ParamsOf<A, K>) => void;
};

/** What crosses the wire. */
export interface Message {
  readonly method: string;
  readonly params: unknown;
}

/** A message without parameters arrives without the key. */
const MessageSchema = v.object({ method: v.string(), params: v.optional(v.unknown()) });

/**
 * Hands a received message to its handler. Returns why it could not: a message that is none of this panel's,
 * or parameters that do not fit.
 */
export function dispatch<A extends Api>(
  api: A,
  handlers: Readonly<Record<string, (params: never) => void>>,
  message: unknown,
): string | undefined {
  const parsed = v.safeParse(MessageSchema, message);
  if (!parsed.success) return "not a message";
  const { method, params } = parsed.output;
  const entry = Object.hasOwn(api, method) ? api[method] : undefined;
  const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined;
  if (!entry || !handler) return `unknown method ${method}`;
  const checked = v.safeParse(entry.schema, params);
  if (!checked.success) return `${method}: ${v.summarize(checked.issues)}`;
  handler(checked.output as never);
  return undefined;
}
