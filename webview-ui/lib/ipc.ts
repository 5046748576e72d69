import {
  type Api,
  type CommandName,
  dispatch,
  type NotificationHandlers,
  type ParamsOf,
} from "../../src/shared/protocol";

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): EditorApi;

/** Sends one command of a panel's `Api`; commands without parameters take none. */
export type Send<A extends Api> = <K extends CommandName<A>>(
  method: K,
  ...params: undefined extends ParamsOf<A, K> ? [] : [ParamsOf<A, K>]
) => void;

export interface Editor<A extends Api> {
  readonly send: Send<A>;
  /** What `save` was given last, also before the page was hidden; undefined at first. Check it: an older version may have written it. */
  readonly saved: unknown;
  save(state: unknown): void;
  /** Starts to hear notifications; messages that are none of this panel's are left alone. */
  listen(handlers: NotificationHandlers<A>): void;
}

/** The page's one connection to the editor. VS Code lets a page ask for it once. */
export function connectEditor<A extends Api>(api: A): Editor<A> {
  const editor = acquireVsCodeApi();
  return {
    send: (method, ...params) => editor.postMessage({ method, params: params[0] }),
    saved: editor.getState(),
    save: (state) => editor.setState(state),
    listen: (handlers) =>
      window.addEventListener("message", (event: MessageEvent<unknown>) => {
        const refused = dispatch(api, handlers, event.data);
        if (refused) console.warn(`message refused: ${refused}`);
      }),
  };
}
