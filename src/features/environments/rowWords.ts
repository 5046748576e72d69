/** What a row of the tree says. Texts are plain: whoever shows them escapes them. */
export interface RowWords {
  readonly label: string;
  /** Empty: nothing to say. */
  readonly description: string;
  /** Paragraphs. */
  readonly tooltip: readonly string[];
  /** For a screen reader. */
  readonly spoken: string;
  /** A codicon's name. */
  readonly icon: string;
  /** What `when` clauses of the menus look at. */
  readonly context: string;
}

/** Words joined by the dot that separates facts in a row; what is absent is left out. */
export const facts = (words: readonly (string | undefined | false)[]): string => words.filter(Boolean).join(" · ");
