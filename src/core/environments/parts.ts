import type { Environment, SelfTestReport, Toolkit, ToolkitReport, Verdict } from "../../shared/environments";
import type { Clock } from "../clock";
import type { Problem } from "../failure";
import type { OperationHost, Operations } from "../operations/operation";
import type { Runner } from "../remote";
import type { NoTorchPlan, TorchPlan, TorchWish } from "./compatibility/plan";
import type { Manager } from "./manager";
import type { Overlay } from "./overlay";
import type { SelfTestNews, SelfTestOptions } from "./selftest/selfTest";
import type { ListPackages, Survey, SurveyEnvironments } from "./survey";
import type { LoadedLibrary } from "./toolkits/loads";
import type { ToolkitSurvey } from "./toolkits/readSurvey";

/** The heavy part of environments: a bundle of its own in the editor, loaded when somebody looks for the first time. */
export interface EnvironmentParts {
  readonly managers: readonly Manager[];
  readonly survey: SurveyEnvironments;
  readonly listPackages: ListPackages;
  /** Toolkits of the host, those that its environments carry among them. */
  surveyToolkits(runner: Runner, survey: Survey, signal: AbortSignal): Promise<ToolkitSurvey>;
  /** What the tables say of the frameworks in an environment, worst first. */
  judge(environment: Environment, toolkits: ToolkitReport, machine: string | undefined): readonly Verdict[];
  /** Why work on environments failed, from its exit code and the end of its log. */
  operationProblem(title: string, exitCode: number | undefined, logTail: string, host: string): Problem;
  createOperations(host: OperationHost, clock: Clock): Operations;
  /** How a working PyTorch would be made on the host, and why so. */
  planPyTorch(toolkits: ToolkitReport, wish: TorchWish, machine: string | undefined): TorchPlan | NoTorchPlan;
  selfTest(
    runner: Runner,
    environment: Environment,
    options: SelfTestOptions,
    signal: AbortSignal,
    onNews: (news: SelfTestNews) => void,
  ): Promise<SelfTestReport>;
  /** Bytes on the host's disk. */
  environmentSize(runner: Runner, prefix: string, signal: AbortSignal): Promise<number>;
  /** Which libraries the frameworks of an environment would really load, and why. */
  loads(environment: Environment, toolkits: ToolkitSurvey): readonly LoadedLibrary[];
  /** What a shell gets to use these. */
  overlay(environment: Environment | undefined, toolkit: Toolkit | undefined): Overlay;
  /** The overlay as text for a shell of this name (`bash`, `fish`, `tcsh`) to source. */
  overlayScript(overlay: Overlay, shell: string): string;
  /** The overlay in words, a line for each thing it does. */
  describeOverlay(overlay: Overlay): readonly string[];
  /** The command that an administrator would run; undefined where there is none. */
  systemDefaultCommand(toolkit: Toolkit, toolkits: ToolkitSurvey): string | undefined;
}
