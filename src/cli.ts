import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseCommandLine, usage } from "./cli/arguments";
import { runCuda } from "./cli/cuda";
import { runDemo } from "./cli/demo";
import { runDoctor } from "./cli/doctor";
import { runEnvs } from "./cli/envs";
import { runExplain } from "./cli/explain";
import { runGpus } from "./cli/gpus";
import { runHosts } from "./cli/hosts";
import { beforeAndAfter } from "./cli/jobArguments";
import { runJobs } from "./cli/jobs";
import { runLogs } from "./cli/logs";
import { runParse } from "./cli/parse";
import { runRun } from "./cli/run";
import { runSshConfig } from "./cli/sshConfig";
import { runStop } from "./cli/stop";
import { createTerminalIo, ExitCode, UsageError } from "./cli/terminal";
import { runWait } from "./cli/wait";
import { problemOf } from "./core/failure";
import { sentence } from "./core/words";

/** What stands after `--` is for somebody else. */
const isVerbose = (words: readonly string[]): boolean => beforeAndAfter(words).before.includes("--verbose");

const version = async (): Promise<string> =>
  JSON.parse(await readFile(join(__dirname, "..", "package.json"), "utf8")).version;

/** The terminal side: `tensorline COMMAND …`. Exit codes and JSON are a contract, see docs/cli.md. */
async function main(words: readonly string[]): Promise<number> {
  const io = createTerminalIo(isVerbose(words));
  try {
    const line = parseCommandLine(words);
    switch (line.command) {
      case "help":
        io.print(usage);
        return ExitCode.done;
      case "version":
        io.print(await version());
        return ExitCode.done;
      case "hosts":
        return await runHosts(line, io);
      case "gpus":
        return await runGpus(line, io);
      case "doctor":
        return await runDoctor(line, io);
      case "envs":
        return await runEnvs(line, io);
      case "cuda":
        return await runCuda(line, io);
      case "run":
        return await runRun(line, io);
      case "jobs":
        return await runJobs(line, io);
      case "logs":
        return await runLogs(line, io);
      case "wait":
        return await runWait(line, io);
      case "stop":
        return await runStop(line, io);
      case "ssh-config":
        return await runSshConfig(line, io);
      case "parse":
        return await runParse(line, io);
      case "explain":
        return await runExplain(line, io);
      case "demo":
        return await runDemo(line, io);
    }
  } catch (error) {
    if (error instanceof UsageError) {
      io.complain(error.message);
      return ExitCode.usage;
    }
    io.complain(sentence(problemOf(error)), error);
    return ExitCode.failed;
  }
}

const words = process.argv.slice(2);

// What nobody caught is a bug of ours, and still no reason for a stack trace.
process.on("uncaughtException", (error) => {
  createTerminalIo(isVerbose(words)).complain(sentence(problemOf(error)), error);
  process.exit(ExitCode.failed);
});

main(words).then((code) => {
  process.exitCode = code;
});
