import type { Disposable } from "../../core/lifecycle";
import type { Logger } from "../../core/logger";
import type { HostRef } from "../../core/ports";
import { type DemoProcess, startDemoProcess } from "../../demo/client";
import type { HostBook } from "./hostBook";

/** The demo fleet of this window: a child process that ends with it. */
export interface Demo extends Disposable {
  /** Starts it, or hands out the running one. */
  start(): Promise<DemoProcess>;
  stop(): void;
  running(): DemoProcess | undefined;
}

export function createDemo(deps: { script: string; book: HostBook; log: Logger }): Demo {
  let starting: Promise<DemoProcess> | undefined;
  let current: DemoProcess | undefined;

  const stop = () => {
    current?.dispose();
    current = undefined;
    starting = undefined;
    deps.book.setDemo([]);
  };

  const launch = async (): Promise<DemoProcess> => {
    const demo = await startDemoProcess({ node: process.execPath, script: deps.script });
    current = demo;
    void demo.ended.then(() => {
      if (current === demo) stop();
    });
    deps.book.setDemo(demo.hosts.map((host): HostRef => ({ name: host.name, configFile: demo.configFile })));
    deps.log.info(`the demo fleet runs with ${demo.hosts.length} hosts`);
    return demo;
  };

  return {
    start() {
      starting ??= launch().catch((error) => {
        starting = undefined;
        throw error;
      });
      return starting;
    },
    stop,
    running: () => current,
    dispose: stop,
  };
}
