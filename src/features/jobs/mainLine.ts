/** Lines, from 0, where a Python file begins as a program: `if __name__ == "__main__":`, not within a text. */
export function mainLines(text: string): readonly number[] {
  // Where nothing of the kind stands, no line has to be read.
  if (!text.includes("__main__")) return [];
  return text.split("\n").flatMap((line, index) => (mainLine.test(line) ? index : []));
}

const mainLine = /^if\s*\(?\s*(?:__name__\s*==\s*(["'])__main__\1|(["'])__main__\2\s*==\s*__name__)\s*\)?\s*:/;
