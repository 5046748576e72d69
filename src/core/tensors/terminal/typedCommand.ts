const LONGEST = 4096;

/** Marks, and the modes that a shell sets around the line that is typed; nothing of them is seen. */
const unseen = /\u001b\](?:633|133);[^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b\[\?\d+[hl]|\u001b[=>]/g;

/**
 * The command that was typed at a prompt: as the shell told it, else what it echoed where that is plain text. Undefined for several
 * lines, and where the line was edited in a way that the echo does not tell: a command is never guessed, for it may be run again.
 */
export function typedCommand(told: string | undefined, echo: string): string | undefined {
  const text = (told ?? echo.replace(unseen, "").replace(/[\r\n]+$/, "")).trim();
  return text === "" || text.length > LONGEST || /[\u0000-\u001f\u007f]/.test(text) ? undefined : text;
}
