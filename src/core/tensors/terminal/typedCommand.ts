const LONGEST = 4096;

/** Marks, the modes that a shell sets around the line that is typed, and the bell; nothing of them is seen. */
const unseen = /\u001b\](?:633|133);[^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b\[\?\d+[hl]|\u001b[=>]|\u0007/g;

/**
 * The command that was typed at a prompt: as the shell told it, else what it echoed where that can be read. Undefined for several
 * lines, and where the line was edited in a way that the echo does not tell: a command is never guessed, for it may be run again.
 */
export function typedCommand(told: string | undefined, echo: string): string | undefined {
  const text = (told ?? readEcho(echo)).replace(/^ +| +$/g, "");
  return text === "" || text.length > LONGEST || /[\u0000-\u001f\u007f]/.test(text) ? undefined : text;
}

function readEcho(echo: string): string {
  // Where a row is full, readline begins the next with a blank or the next character, and writes over it.
  let text = echo
    .replace(unseen, "")
    .replace(/[\r\n]+$/, "")
    .replaceAll(/ \r|(.)\r(?=\1)/gu, "");
  // A character that was taken back at the end of the line.
  for (let before = ""; text !== before; ) {
    before = text;
    text = text.replace(/[^\u0008\u001b]\u0008(?:\u001b\[K| \u0008)/u, "");
  }
  // Behind the end there is nothing to erase.
  return text.replaceAll(/\u001b\[[JK]/g, "");
}
