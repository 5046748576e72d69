import { Failure } from "../failure";
import { quoteWord, type RemoteCommand, type Runner } from "../remote";

/** Shells that read a file by another word than the dot. */
const sourcing = /^(fish|csh|tcsh)$/;

/**
 * One line that applies an overlay in the user's interactive login shell there, short enough to be typed into it while it
 * still starts: a terminal takes 4096 bytes then. The script itself waits in a private file that the line removes.
 * @param script the overlay's text for a login shell of this name (`bash`, `fish`)
 */
export async function overlayLine(
  runner: Runner,
  script: (shell: string) => string,
  signal: AbortSignal,
): Promise<string> {
  const shell = await runner.run(loginShell, signal);
  const file = quoteWord(await runner.run(keepScript(`${script(shell)}\n`), signal));
  return `${sourcing.test(shell) ? "source" : "."} ${file}; rm -f ${file}`;
}

/** Name of the user's login shell. */
const loginShell: RemoteCommand<string> = {
  what: "asking for the login shell",
  argv: ["sh", "-c", 'printf %s "$SHELL"'],
  deadlineMs: 10_000,
  parse: ({ stdout }) => stdout.trim().split("/").at(-1) || "sh",
};

const keepScript = (text: string): RemoteCommand<string> => ({
  what: "preparing the terminal",
  argv: ["sh", "-c", 'umask 077; file=$(mktemp /tmp/tensorline-XXXXXX) && cat >"$file" && printf %s "$file"'],
  stdin: text,
  deadlineMs: 10_000,
  parse({ stdout, stderr, exitCode }) {
    if (exitCode === 0 && /^\/tmp\/tensorline-\w+$/.test(stdout)) return stdout;
    throw new Failure({ reason: "commandFailed", what: "preparing the terminal", exitCode, detail: stderr });
  },
});
