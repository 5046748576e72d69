import { describe, expect, it } from "vitest";
import { noOverlay } from "../../../src/core/environments/overlay";
import { parseJobs } from "../../../src/core/jobs/records";
import { scriptText } from "../../../src/core/jobs/script";

const head = "job-1 running - - 2026-01-02T03:04:05Z 2026-01-02T03:04:06Z - - 120 - - -";
const card = '{"name":"train.py","backend":"process","command":"python train.py","folder":"~"}';
const record = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");

describe("records of jobs", () => {
  it("are read whole", () => {
    const text = record([
      "job-1 failed 137 SIGKILL 2026-01-02T03:04:05Z 2026-01-02T03:04:06Z 2026-01-02T03:05:00Z signal 120 lost 12,13 4711",
      card,
      "0:GPU-aa 1:- -:MIG-bb",
      "3 GPU 0 is taken",
    ]);
    expect(parseJobs(text)).toEqual([
      {
        id: "job-1",
        name: "train.py",
        state: "failed",
        exitCode: 137,
        signal: "SIGKILL",
        submittedAt: "2026-01-02T03:04:05Z",
        startedAt: "2026-01-02T03:04:06Z",
        endedAt: "2026-01-02T03:05:00Z",
        reason: "signal",
        backend: "process",
        command: "python train.py",
        folder: "~",
        gpus: [{ index: 0, uuid: "GPU-aa" }, { index: 1 }, { uuid: "MIG-bb" }],
        logBytes: 120,
        logIncomplete: true,
        leftovers: [12, 13],
        schedulerId: "4711",
      },
    ]);
  });

  it("leave out what is not known", () => {
    expect(parseJobs(record([head, card, "-", ""]))).toEqual([
      {
        id: "job-1",
        name: "train.py",
        state: "running",
        submittedAt: "2026-01-02T03:04:05Z",
        startedAt: "2026-01-02T03:04:06Z",
        backend: "process",
        command: "python train.py",
        folder: "~",
        logBytes: 120,
      },
    ]);
  });

  it.each([
    ["a state that there is none of", head.replace("running", "dancing"), card],
    ["an id that is a path", head.replace("job-1", "../x"), card],
    ["no time of submission", head.replace("2026-01-02T03:04:05Z", "-"), card],
    ["a card that is no JSON", head, "{"],
    ["a card without a name", head, '{"backend":"process"}'],
    ["a head that is cut off", "job-1 running", card],
  ])("with %s cost nothing but themselves", (_name, badHead, badCard) => {
    const text = record([badHead, badCard, "-", "", head.replace("job-1", "job-2"), card, "-", ""]);
    expect(parseJobs(text).map(({ id }) => id)).toEqual(["job-2"]);
  });

  it("hold no control characters, and numbers only where they are some", () => {
    const hostile = '{"name":"a\\u001b[2Jb\\nc","backend":"process","user":"eve\\u0007"}';
    const [job] = parseJobs(
      record([head.replace("120", "1e9").replace("- - 2026", "900 SIG;rm 2026"), hostile, "0:GPU-\u001b 99999:x", ""]),
    );
    expect(job).toMatchObject({ name: "ab c", user: "eve" });
    expect([job?.logBytes, job?.exitCode, job?.signal, job?.gpus]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("the script of a job", () => {
  const request = {
    argv: ["python", "a b.py"] as const,
    folder: "~/it's",
    overlay: noOverlay,
    variables: { A: "x y" },
  };

  it("says what is done, word for word", () => {
    expect(scriptText(request)).toBe(`export A='x y'\ncd "$HOME"/'it'\\''s' || exit 126\nexec python 'a b.py'\n`);
  });

  it("puts the hook before whatever PYTHONPATH the job has by then", () => {
    expect(scriptText({ ...request, hook: "0123abc" })).toContain(
      `export A='x y'\nexport PYTHONPATH="\${TENSORLINE_OUT%/hosts/*}/hook/"0123abc"\${PYTHONPATH:+:$PYTHONPATH}"\n`,
    );
  });

  it("works in the snapshot where there is one", () => {
    const snapshot = { from: "/w", linked: [] };
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own expansion
    const code = '"${TENSORLINE_OUT%/out}/code"';
    expect(scriptText({ ...request, folder: "src", snapshot })).toContain(`cd ${code}/src || exit 126\n`);
    expect(scriptText({ ...request, folder: "/data", snapshot })).toContain("cd /data || exit 126\n");
  });
});
