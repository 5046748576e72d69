/** The end of what a command printed. */
export interface Tail {
  push(text: string): void;
  clear(): void;
  /** At most as many characters as it was made for. */
  text(): string;
}

/** Keeps about the last `characters`; costs nothing but references until it is read. */
export function createTail(characters: number): Tail {
  let parts: string[] = [];
  let length = 0;
  return {
    push(text) {
      parts.push(text);
      length += text.length;
      // Moved seldom, as many small pieces come.
      if (length < 2 * characters && parts.length < 4096) return;
      const whole = parts.join("").slice(-characters);
      parts = [whole];
      length = whole.length;
    },
    clear() {
      parts = [];
      length = 0;
    },
    text: () => parts.join("").slice(-characters),
  };
}
