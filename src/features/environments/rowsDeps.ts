import type { App } from "../../app";
import type { RowsDeps } from "./rows";

/** What the rows are made of, from the app. */
export function rowsDeps({ engine, selections }: App): RowsDeps {
  return {
    state: (host) => engine.environments.state(host),
    connection: (host) => engine.state(host),
    managers: () => engine.environments.parts().managers,
    selections,
    now: Date.now,
  };
}
