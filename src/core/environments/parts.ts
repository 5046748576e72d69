import type { Environment, TableRow, Toolkit, ToolkitReport, Verdict } from "../../shared/environments";
import type { Clock } from "../clock";
import type { OperationHost, Operations } from "../operations/operation";
import type { Runner } from "../remote";
import type { Manager } from "./manager";
import type { Overlay } from "./overlay";
import type { ListPackages, Survey, SurveyEnvironments } from "./survey";

/** The heavy part of environments: a bundle of its own in the editor, loaded when somebody looks for the first time. */
export interface EnvironmentParts {
  readonly managers: readonly Manager[];
  readonly survey: SurveyEnvironments;
  readonly listPackages: ListPackages;
  /** Toolkits of the host, those that its environments carry among them. */
  surveyToolkits(runner: Runner, survey: Survey, signal: AbortSignal): Promise<ToolkitReport>;
  /** What the tables say of the frameworks in an environment, worst first. */
  judge(environment: Environment, toolkits: ToolkitReport): readonly Verdict[];
  createOperations(host: OperationHost, clock: Clock): Operations;
  /** Which PyTorch fits the host, and why; a plan without packages where none does. */
  planPyTorch(toolkits: ToolkitReport): TorchPlan;
  selfTest(runner: Runner, environment: Environment, overlay: Overlay, signal: AbortSignal): Promise<SelfTestReport>;
  /** What a shell gets to use these. */
  overlay(environment: Environment | undefined, toolkit: Toolkit | undefined): Overlay;
  /** The overlay as text for an interactive shell of this name (`bash`, `fish`, `tcsh`); one line. */
  overlayScript(overlay: Overlay, shell: string): string;
  /** The overlay in words, a line for each thing it does. */
  describeOverlay(overlay: Overlay): readonly string[];
  /** The command that an administrator would run; undefined where there is none. */
  systemDefaultCommand(toolkit: Toolkit): string | undefined;
}

export interface TorchPlan {
  /** `torch`, `torchvision`, with versions where they matter. */
  readonly packages: readonly string[];
  readonly indexUrl?: string;
  /** `3.12` */
  readonly python?: string;
  readonly why: string;
  readonly rows: readonly TableRow[];
}

export interface SelfTestReport {
  readonly checks: readonly SelfTestCheck[];
}

export interface SelfTestCheck {
  /** `import torch`, `matmul on GPU 0` */
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** What was seen, or what is wrong, in words. */
  readonly detail: string;
  readonly fix?: string;
}
