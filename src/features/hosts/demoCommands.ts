import * as vscode from "vscode";
import type { App } from "../../app";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import { registerCommand, setContext } from "../../platform/commands";

/** What the fault switch of the demo fleet can do, in words; a recorded fleet can do the first three. */
const faults = [
  { fault: "none", label: "Mend everything" },
  { fault: "gpu-lost", label: "A GPU falls off the bus" },
  { fault: "cut", label: "The connection is cut" },
  { fault: "hang", label: "The GPU tool hangs" },
  { fault: "driver-mismatch", label: "Driver and library differ" },
  { fault: "garbage", label: "The GPU tool prints garbage" },
] as const;

export function registerDemoCommands(app: App): Disposable {
  const store = new DisposableStore();
  const { demo, book, log } = app;

  store.add(
    registerCommand(log, "tensorline.tryDemo", async () => {
      await vscode.window.withProgress(
        { location: { viewId: "tensorline.hosts" }, title: "Starting the demo fleet" },
        () => demo.start(),
      );
      setContext("tensorline.demoRunning", true);
      await vscode.commands.executeCommand("tensorline.hosts.focus");
      const first = book.demoEntries()[0];
      if (!first) return;
      book.select(first.ref);
      await vscode.commands.executeCommand("tensorline.openGpuPanel", first.ref);
    }),
  );
  store.add(
    registerCommand(log, "tensorline.stopDemo", () => {
      for (const { ref } of book.demoEntries()) {
        app.engine.forwards.stopAll(ref);
        app.engine.connections().disconnect(ref);
      }
      demo.stop();
    }),
  );
  store.add(book.onChange(() => setContext("tensorline.demoRunning", book.demoEntries().length > 0)));
  store.add(
    registerCommand(log, "tensorline.demoFault", async () => {
      const running = demo.running();
      if (!running) return;
      const host = await vscode.window.showQuickPick(
        running.hosts.map((one) => one.name),
        { title: "Which demo host?", ignoreFocusOut: true },
      );
      const what =
        host &&
        (await vscode.window.showQuickPick(running.recorded ? faults.slice(0, 3) : [...faults], {
          title: `What happens to ${host}?`,
          ignoreFocusOut: true,
        }));
      if (host && what) await running.fault({ host, fault: what.fault });
    }),
  );
  return store;
}
