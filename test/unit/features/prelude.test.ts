import { expect, it } from "vitest";
import { type Prelude, playPrelude } from "../../../src/features/hosts/prelude";
import { createManualClock } from "../../mocks/manualClock";

function played(prelude: Prelude = { line: "export CUDA_HOME=/x", note: "Uses train." }) {
  const sent: string[] = [];
  const shown: string[] = [];
  const clock = createManualClock();
  const shell = playPrelude(
    prelude,
    clock,
    (text) => sent.push(text),
    (text) => shown.push(text),
  );
  return { shell, clock, sent: () => sent.join(""), shown: () => shown.join("") };
}

it("the shell is told its line once the host has greeted, and the echo of it is not seen", () => {
  const { shell, clock, sent, shown } = played();
  expect(sent()).toBe("");
  shell.output("Welcome to ");
  clock.advance(199);
  shell.output("lab1\r\n");
  clock.advance(199);
  expect(sent()).toBe("");
  clock.advance(1);
  expect(sent()).toBe(" export CUDA_HOME=/x; printf '\\036tensorline ready\\037\\n'\r");
  shell.output("$  export CUDA_HOME=/x; printf '\\036tensorline ready\\037\\n'\r\n");
  shell.output("\x1etensorline re");
  shell.output("ady\x1f\r\n$ ");
  expect(shown()).toBe("Welcome to lab1\r\n\r\x1b[K\x1b[2mUses train.\x1b[0m\r\n$ ");
});

it("a program that keeps the terminal begins after the note, and is seen at once", () => {
  const { shell, clock, sent, shown } = played({ note: "The output of train.py.", program: "tmux attach" });
  shell.output("$ ");
  clock.advance(200);
  expect(sent()).toBe(" printf '\\036tensorline ready\\037\\n'; tmux attach\r");
  shell.output("\x1etensorline ready\x1f\r\n");
  shell.output("step 1");
  expect(shown()).toBe("$ \r\x1b[K\x1b[2mThe output of train.py.\x1b[0m\r\nstep 1");
});

it("what is typed meanwhile comes after it", () => {
  const { shell, clock, sent } = played();
  shell.output("$ ");
  clock.advance(200);
  shell.input("ls\r");
  expect(sent()).not.toContain("ls");
  shell.output("\x1etensorline ready\x1f\r\n");
  expect(sent()).toMatch(/ls\r$/);
  shell.input("pwd\r");
  expect(sent()).toMatch(/ls\rpwd\r$/);
});

it("a shell that never runs it is shown as it is", () => {
  const { shell, clock, shown } = played();
  shell.output("$ ");
  clock.advance(200);
  shell.output("Choose a project:");
  clock.advance(8000);
  expect(shown()).toBe("$ Choose a project:");
});
