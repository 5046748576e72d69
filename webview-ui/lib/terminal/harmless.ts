import type { Terminal } from "@xterm/xterm";

/**
 * Makes a terminal that only shows: whatever a job prints can colour and move text within the view and do nothing else.
 * No titles, no colours of the terminal itself, no clipboard, no window operations, no modes, no answers to queries, no
 * second screen, no erasing of what has scrolled away, and no count so large that carrying it out would stop the page.
 */
export function makeHarmless({ parser }: Pick<Terminal, "parser">): void {
  const ignored = () => true;
  // Operating system commands that xterm.js carries out: titles, colours, working folder, clipboard. 8, links, stays.
  for (const osc of [0, 1, 2, 4, 5, 7, 10, 11, 12, 52, 104, 105, 110, 111, 112])
    parser.registerOscHandler(osc, ignored);
  for (const final of ["h", "l"]) {
    parser.registerCsiHandler({ final }, ignored);
    parser.registerCsiHandler({ prefix: "?", final }, ignored);
  }
  // Device attributes, status reports, window operations, mode queries, terminal version.
  for (const prefix of [undefined, "?", ">", "="]) {
    for (const final of ["c", "n", "t", "q", "x", "u"])
      parser.registerCsiHandler(prefix === undefined ? { final } : { prefix, final }, ignored);
  }
  parser.registerCsiHandler({ intermediates: "$", final: "p" }, ignored);
  parser.registerCsiHandler({ prefix: "?", intermediates: "$", final: "p" }, ignored);
  parser.registerDcsHandler({ intermediates: "$", final: "q" }, ignored);
  parser.registerDcsHandler({ intermediates: "+", final: "q" }, ignored);
  // Full and soft reset.
  parser.registerEscHandler({ final: "c" }, ignored);
  parser.registerCsiHandler({ intermediates: "!", final: "p" }, ignored);
  parser.registerCsiHandler({ final: "J" }, ([what]) => what === 3);
  limitCounts({ parser });
}

/** No count so large that carrying it out would stop the page: xterm.js does these once for each, or makes room for all of it. */
export function limitCounts({ parser }: Pick<Terminal, "parser">): void {
  for (const final of ["S", "T", "L", "M", "I", "Z", "b", "@", "P", "X"])
    parser.registerCsiHandler({ final }, ([count]) => typeof count === "number" && count > LARGEST_COUNT);
}

const LARGEST_COUNT = 1000;
