import type * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import type { Logger } from "../../core/logger";
import {
  type Api,
  type CommandHandlers,
  dispatch,
  type Message,
  type NotificationName,
  type ParamsOf,
} from "../../shared/protocol";

/** The extension's end of a page. */
export interface Page<A extends Api> extends Disposable {
  /** Dropped while the page has not said `ready`: the handler of `ready` sends what is current. */
  notify<K extends NotificationName<A>>(method: K, params: ParamsOf<A, K>): void;
}

/** Speaks `api` with a webview. The handlers are exhaustive by type; what does not fit the schema is logged and dropped. */
export function connectPage<A extends Api>(
  webview: vscode.Webview,
  api: A,
  handlers: CommandHandlers<A>,
  log: Logger,
): Page<A> {
  const store = new DisposableStore();
  let ready = false;
  store.add(
    webview.onDidReceiveMessage((message: unknown) => {
      if ((message as Partial<Message> | undefined)?.method === "ready") ready = true;
      const problem = dispatch(api, handlers, message);
      if (problem) log.warn(`a page sent something unusable: ${problem}`);
    }),
  );
  return {
    notify(method, params) {
      if (ready) void webview.postMessage({ method, params } satisfies Message);
    },
    dispose: () => store.dispose(),
  };
}
