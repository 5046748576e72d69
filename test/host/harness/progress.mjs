// What the specs report while they run, and what their silence means.

/** How long the extension host may say nothing beyond the deadline of the spec that it runs. */
const graceMs = 120_000;

/**
 * Collects the reports of one run.
 * @param {(line: string) => void} log
 */
export function followSpecs(log) {
  const results = [];
  let awaited = "the first spec";
  let timer;
  let fallSilent;
  const silence = new Promise((_, reject) => {
    fallSilent = () => reject(new Error("The extension host fell silent."));
  });
  silence.catch(() => {});
  const expect = (what, milliseconds) => {
    awaited = what;
    clearTimeout(timer);
    timer = setTimeout(fallSilent, milliseconds);
  };
  const add = (result) => {
    results.push(result);
    log(describe(result));
  };
  return {
    results,
    /** Rejects when the extension host hangs. */
    silence,
    actions: {
      begin: ({ file, name, deadlineMs }) => expect(`${file}: ${name}`, deadlineMs + graceMs),
      result: (result) => {
        expect("the next spec", graceMs);
        add(result);
      },
      end: () => {
        awaited = undefined;
      },
    },
    /** VS Code is up: from now on silence counts. */
    start() {
      timer ??= setTimeout(fallSilent, graceMs);
    },
    /**
     * Closes the run. VS Code that ended before every spec had run is a failure of its own: a killed extension host looks like a success.
     * @param {string | undefined} problem what went wrong with VS Code itself
     */
    finish(problem) {
      clearTimeout(timer);
      if (!problem && !awaited) return;
      const detail = [awaited && `VS Code ended while it ran ${awaited}.`, problem].filter(Boolean).join("\n");
      add({ file: "VS Code", name: "runs every spec", outcome: "failed", detail });
    },
  };
}

function describe({ file, name, outcome, milliseconds, detail }) {
  const mark = { passed: "ok  ", failed: "FAIL", skipped: "skip" }[outcome];
  const line = `${mark}  ${file}: ${name}${milliseconds === undefined ? "" : ` (${milliseconds} ms)`}`;
  return detail ? `${line}\n${detail.replace(/^/gm, "      ")}` : line;
}
