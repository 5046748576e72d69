import type { KeyLoginProblem } from "../failure";
import { cause, detail, list, quoted, says, type Words } from "./say";

/** Setting up a log-in by key. */
export const keyLoginWords: Words<KeyLoginProblem> = {
  keyFileUnusable: (problem) =>
    says(`The key file ${quoted(problem.file)} cannot be used: ${cause(problem.detail)}.`, "Choose another key."),
  keyNotInstalled: (problem) =>
    says(
      `The key could not be added on ${quoted(problem.host)}, at ${quoted(problem.path)}${detail(problem.detail)}.`,
      "Check on the host that this folder and file are yours and can be written.",
    ),
  installedKeyRefused: (problem) =>
    problem.loose === undefined
      ? says(
          `The key is in ${quoted(problem.path)} on ${quoted(problem.host)}, but the host still does not take it.`,
          "It may read another file (AuthorizedKeysFile) or allow keys only to some; ask its administrator.",
        )
      : says(
          `The key is in its place on ${quoted(problem.host)}, but others may write to ${quoted(problem.loose.path)} (${quoted(problem.loose.mode)}), and its SSH server then trusts no keys.`,
          `Run there: chmod go-w ${quoted(problem.loose.path)}.`,
        ),
  keysNotAccepted: (problem) =>
    says(
      `${quoted(problem.host)} lets nobody in by key${problem.accepted.length > 0 ? `; it accepts ${list(problem.accepted)}` : ""}.`,
      "Ask its administrator to allow PubkeyAuthentication.",
    ),
};
