import type { ConnectStep, HostState } from "../shared/host";
import { boundedText } from "./boundedText";
import type { Connections } from "./connections";
import { type FailureReason, problemOf } from "./failure";
import { vendors } from "./gpu/vendors";
import { type HostRef, hostId } from "./ports";
import type { RemoteCommand } from "./remote";
import { sentence } from "./words";

/** The steps to a usable host, in their order. */
const hostTestSteps = ["name", "network", "host key", "log-in", "shell", "GPU tool"] as const;
export type HostTestStep = (typeof hostTestSteps)[number];

/** How one step went; `words` are for people. Steps after a failed one were not tried. */
export interface HostTestResult {
  readonly step: HostTestStep;
  readonly outcome: "works" | "fails" | "missing" | "not tried";
  readonly words: string;
}

const worked: Readonly<Record<Exclude<HostTestStep, "GPU tool">, string>> = {
  name: "the ssh config can be used for it",
  network: "an SSH server answers",
  "host key": "it is the machine that you know",
  "log-in": "it lets you in",
  shell: "commands run",
};

const stepWhile: Readonly<Record<ConnectStep, HostTestStep>> = {
  resolving: "name",
  connecting: "network",
  "verifying host key": "host key",
  "logging in": "log-in",
  "opening shell": "shell",
};

/** Reasons that say better than the moment which step they belong to. */
const stepOf: Readonly<Partial<Record<FailureReason, HostTestStep>>> = {
  badHostName: "name",
  configUnreadable: "name",
  configUnsupported: "name",
  jumpLoop: "name",
  hostNotFound: "network",
  tooManyLogins: "network",
  jumpFailed: "network",
  jumpProhibited: "network",
  proxyCommandFailed: "network",
  noCommonAlgorithm: "network",
  notSsh: "network",
  hostKeyUnknown: "host key",
  hostKeyChanged: "host key",
  hostKeyRevoked: "host key",
  knownHostsUnreadable: "host key",
  authenticationFailed: "log-in",
  tooManyKeys: "log-in",
  systemSshMissing: "log-in",
  loginTimeout: "log-in",
  noSession: "shell",
  noShell: "shell",
};

/**
 * Connects to a host, step by step, and looks for a GPU tool.
 * @param onStep what is being tried
 * @throws Failure `cancelled`; every other failure is a result
 */
export async function testHost(
  connections: Pick<Connections, "acquire" | "onState" | "state">,
  host: HostRef,
  onStep: (step: HostTestStep) => void,
  signal: AbortSignal,
): Promise<readonly HostTestResult[]> {
  let now: HostTestStep = "name";
  const go = (step: HostTestStep) => {
    now = step;
    onStep(step);
  };
  const follow = (state: HostState) => {
    if (state.kind === "connecting") go(stepWhile[state.step]);
  };
  const listening = connections.onState((change) => {
    if (hostId(change.host) === hostId(host)) follow(change.state);
  });
  const lease = connections.acquire(host);
  try {
    follow(connections.state(host));
    const runner = await lease.connected(signal);
    go("shell");
    const tool = await runner.run(findGpuTool, signal);
    return hostTestSteps.map((step) => (step === "GPU tool" ? tool : works(step)));
  } catch (error) {
    if (signal.aborted) throw error;
    const problem = problemOf(error);
    const words = problem.reason === "cancelled" ? "its question was answered with no" : sentence(problem);
    const failed = stepOf[problem.reason] ?? now;
    const at = hostTestSteps.indexOf(failed);
    return hostTestSteps.map((step, index) => {
      if (index < at && step !== "GPU tool") return works(step);
      return index === at ? { step, outcome: "fails", words } : { step, outcome: "not tried", words: "not tried" };
    });
  } finally {
    listening.dispose();
    lease.dispose();
  }
}

const works = (step: Exclude<HostTestStep, "GPU tool">): HostTestResult => ({
  step,
  outcome: "works",
  words: worked[step],
});

const tools = vendors.map(({ tool }) => tool);

const findGpuTool: RemoteCommand<HostTestResult> = {
  what: "looking for a GPU tool",
  argv: ["sh", "-c", 'for tool; do command -v "$tool" && exit; done; exit 1', "sh", ...tools],
  deadlineMs: 20_000,
  parse({ stdout, exitCode }) {
    const found = boundedText(stdout.split("\n")[0] ?? "");
    if (exitCode === 0 && found !== "") return { step: "GPU tool", outcome: "works", words: found };
    return { step: "GPU tool", outcome: "missing", words: `none found (${tools.join(", ")})` };
  },
};
