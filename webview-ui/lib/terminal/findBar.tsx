import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { IconButton } from "../icon";
import type { FindTarget } from "./xterm";

interface Props {
  readonly terminal: { readonly current: FindTarget | null };
  readonly finding: Signal<boolean>;
  readonly matches: Signal<{ readonly count: number; readonly current: number } | undefined>;
}

/** Finds text in what the terminal holds: Enter goes up, for the newest is below, Shift+Enter down, Escape closes. */
export function FindBar({ terminal, finding, matches }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const text = useSignal("");
  const matchCase = useSignal(false);
  useEffect(() => input.current?.focus(), []);
  const find = (backwards: boolean) => {
    if (text.value === "") terminal.current?.endFind();
    else terminal.current?.find(text.value, backwards, matchCase.value);
  };
  const close = () => {
    terminal.current?.endFind();
    finding.value = false;
    terminal.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") find(!event.shiftKey);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  };
  return (
    <search class="find">
      <input
        ref={input}
        class="input"
        type="text"
        aria-label="Find in the output shown"
        placeholder="Find in the output shown"
        onKeyDown={onKey}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          find(true);
        }}
      />
      <span class="muted" role="status">
        {text.value === "" ? "" : found(matches.value)}
      </span>
      <IconButton
        icon="case-sensitive"
        label="Match case"
        pressed={matchCase.value}
        onClick={() => {
          matchCase.value = !matchCase.value;
          find(true);
        }}
      />
      <IconButton icon="arrow-up" label="Previous match" onClick={() => find(true)} />
      <IconButton icon="arrow-down" label="Next match" onClick={() => find(false)} />
      <IconButton icon="close" label="Close the find box" onClick={close} />
    </search>
  );
}

function found(matches: { readonly count: number; readonly current: number } | undefined): string {
  if (!matches || matches.count === 0) return "Nothing found";
  return matches.current < 0 ? `${matches.count} or more` : `${matches.current + 1} of ${matches.count}`;
}
