import type { TransferProblem } from "../failure";
import type { TransferWarning, TransferWarningReason } from "../transfer/transfer";
import { cause, quoted, says, seconds, type Words } from "./say";

/** Moving files. */
export const transferWords: Words<TransferProblem> = {
  hostLacksTool: ({ tool }) =>
    says(`This host has no ${quoted(tool)} program, which moving files needs.`, "Install it there."),
  hostDiskFull: (problem) =>
    says(`The host’s disk is full (${quoted(problem.path)}).`, "Free some space there and try again."),
  hostQuotaExceeded: (problem) =>
    says(
      `Your disk quota on the host is used up (${quoted(problem.path)}).`,
      "Delete something there or choose another folder.",
    ),
  hostReadOnly: (problem) =>
    says(`The host’s file system is read-only (${quoted(problem.path)}).`, "Choose another folder."),
  hostPermissionDenied: (problem) =>
    says(`The host does not let you into ${quoted(problem.path)}.`, "Choose a folder that belongs to you."),
  hostNoSuchPath: (problem) => says(`There is no ${quoted(problem.path)} on the host.`),
  hostNotAFolder: (problem) =>
    says(`Something else than a folder is in the way on the host (${quoted(problem.path)}).`, "Choose another folder."),
  hostPathUnusable: (problem) => says(`The path ${quoted(problem.path)} holds a line break.`, "Choose another one."),
  localUnreadable: (problem) => says(`The file ${quoted(problem.path)} could not be read: ${cause(problem.detail)}.`),
  localUnwritable: (problem) =>
    says(`The file ${quoted(problem.path)} could not be written: ${cause(problem.detail)}.`),
  changedMeanwhile: (problem) =>
    says(`The file ${quoted(problem.path)} changed while it was moved.`, "Try again once nothing writes to it."),
  transferInterrupted: (problem) =>
    says(`The transfer was cut off (${quoted(problem.path)}).`, "Try again; it goes on where it stopped."),
  transferStalled: (problem) =>
    says(
      `Nothing has moved for ${seconds(problem.seconds)}.`,
      "The host’s disk or the network may hang. Try again; it goes on where it stopped.",
    ),
};

const warningWords: Readonly<Record<TransferWarningReason, (path: string) => string>> = {
  lineBreakInName: (path) => `${path} was left out: its name holds a line break.`,
  nameNotText: (path) => `${path} was left out: its name is not valid text.`,
  nameUnusableHere: (path) => `${path} was left out: this machine does not allow such a name.`,
  sameNameHere: (path) => `${path} was left out: this machine takes its name for that of another file.`,
  leavesFolder: (path) => `${path} was left out: its path leaves the folder.`,
  linkLeaves: (path) => `The link ${path} was left out: it points out of the folder.`,
  linksUnsupported: (path) => `The link ${path} was left out: links are not made on Windows.`,
  throughLink: (path) => `${path} was left out: a folder above it is a link here.`,
  specialFile: (path) => `${path} was left out: it is neither a file nor a folder.`,
  unreadable: (path) => `${path} was left out: it could not be read.`,
  unwritable: (path) => `${path} was left out: it could not be written here.`,
  inTheWay: (path) => `${path} was left out: something of another kind has its name.`,
  changedMeanwhile: (path) => `${path} changed while it was moved; move it again.`,
};

/** One sentence for something that was left out. */
export function warningSentence({ path, reason }: TransferWarning): string {
  return warningWords[reason](quoted(path));
}
