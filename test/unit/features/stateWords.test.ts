import { expect, it } from "vitest";
import { describeState } from "../../../src/features/hosts/stateWords";

const now = 1_000_000_000;
const problem = { reason: "unreachable", message: "There is no way to lab1." };

it.each([
  [{ kind: "disconnected" }, ""],
  [{ kind: "connecting", since: now, step: "logging in" }, "logging in…"],
  [{ kind: "needsYou", since: now, question: "Password" }, "needs you"],
  [{ kind: "connected", since: now }, "connected"],
  [{ kind: "reconnecting", retryAt: now + 4200, problem }, "reconnecting in 5 s"],
  [{ kind: "reconnecting", retryAt: now - 1, problem }, "reconnecting in 0 s"],
  [{ kind: "offline", since: now - 250_000, problem }, "offline 4 min: no route (VPN?)"],
  [
    { kind: "offline", since: now - 10_000, problem: { ...problem, reason: "hostKeyChanged" } },
    "offline: host key changed",
  ],
] as const)("%j reads %j", (state, words) => {
  expect(describeState(state, now)).toBe(words);
});
