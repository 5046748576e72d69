import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

/** Runs `draw` at once whenever a signal it reads changes, in the same frame as the text beside it and without rendering. */
export function useDrawing(draw: () => void): void {
  const latest = useRef(draw);
  latest.current = draw;
  useEffect(() => effect(() => latest.current()), []);
}
