import * as vscode from "vscode";
import type { Plan } from "../../core/environments/manager";
import type { HostRef } from "../../core/ports";

/** Shows what would be done, with the exact commands, and asks. True: do it. */
export async function confirmPlan(
  host: HostRef,
  plan: Plan,
  { question, action, why }: { readonly question: string; readonly action: string; readonly why?: string },
): Promise<boolean> {
  const copy = "Copy Commands";
  const lines = [
    ...(why === undefined ? [] : [why]),
    ...(plan.destroys === undefined ? [] : [`This will be gone: ${plan.destroys}`]),
    ...(plan.prefix === undefined || plan.destroys !== undefined ? [] : [`In ${plan.prefix}`]),
    `${plan.commands.length === 1 ? "This command runs" : "These commands run"} on ${host.name}:`,
    plan.commands.join("\n"),
  ];
  const show = plan.destroys === undefined ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const answer = await show(`${question} on ${host.name}?`, { modal: true, detail: lines.join("\n\n") }, action, copy);
  if (answer === copy) await vscode.env.clipboard.writeText(plan.commands.join("\n"));
  return answer === action;
}
