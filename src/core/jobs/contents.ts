import type { JobContents } from "../../shared/jobPanel";
import { boundedText } from "../boundedText";
import { Failure } from "../failure";
import type { RemoteCommand } from "../remote";
import { jobsPart } from "./hostScript";
import { isJobId } from "./jobId";
import contentsScript from "./scripts/contents.sh";

const mostFiles = 2000;

/** What lies in a job's folder. @throws Failure `jobUnknown` in `parse` */
export function contentsCommand(id: string): RemoteCommand<JobContents> {
  const what = "listing the results of a job";
  // An id that can be no job's is looked for nowhere.
  if (!isJobId(id)) throw new Failure({ reason: "jobUnknown", host: "", id: boundedText(id) });
  return {
    what,
    argv: ["sh", "-c", `${jobsPart}${contentsScript}`, "sh", id, String(mostFiles + 1)],
    deadlineMs: 30_000,
    parse({ exitCode, stdout, stderr }) {
      if (exitCode === 40) throw new Failure({ reason: "jobUnknown", host: "", id });
      if (exitCode !== 0) throw new Failure({ reason: "commandFailed", what, exitCode, detail: boundedText(stderr) });
      return parseContents(stdout);
    },
  };
}

/** @throws Failure `unreadable` */
function parseContents(text: string): JobContents {
  const [outFolder = "", kilobytes = "", ...rest] = text.split("\n");
  const end = rest.indexOf("");
  if (!outFolder.startsWith("/") || end < 0) {
    throw new Failure({ reason: "unreadable", what: "what a job has made", detail: boundedText(text) });
  }
  const files = rest.slice(0, end).flatMap((line) => {
    const [, size, time, path] = /^(\d{1,15}) (\d{1,11}) \.\/(.+)$/.exec(line) ?? [];
    if (path === undefined) return [];
    return { path, sizeBytes: Number(size), modifiedAt: new Date(Number(time) * 1000).toISOString() };
  });
  const script = rest.slice(end + 1).join("\n");
  return {
    outFolder,
    files: files.slice(0, mostFiles).sort((a, b) => a.path.localeCompare(b.path, "en", { numeric: true })),
    more: files.length > mostFiles,
    ...(/^\d{1,12}$/.test(kilobytes) ? { diskBytes: Number(kilobytes) * 1024 } : {}),
    ...(script === "" ? {} : { script }),
  };
}
