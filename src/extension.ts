import type * as vscode from "vscode";
import { createApp, registerSafely } from "./app";
import { registerDiagnostics } from "./features/diagnostics/register";
import { registerEnvironments } from "./features/environments/register";
import { registerFiles } from "./features/files/register";
import { registerGpu } from "./features/gpu/register";
import { registerHosts } from "./features/hosts/register";
import { registerJobs } from "./features/jobs/register";
import { registerPorts } from "./features/ports/register";
import { registerTensors } from "./features/tensors/register";

/** Builds the app and registers the features; connects to nothing and reads nothing. */
export function activate(context: vscode.ExtensionContext): void {
  const app = createApp(context);
  context.subscriptions.push(
    app,
    registerSafely(app, {
      hosts: registerHosts,
      "GPU views": registerGpu,
      ports: registerPorts,
      environments: registerEnvironments,
      jobs: registerJobs,
      "file transfer": registerFiles,
      "tensor terminals": registerTensors,
      diagnostics: registerDiagnostics,
    }),
  );
}
