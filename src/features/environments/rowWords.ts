/** What a row of the tree says. Texts are plain: whoever shows them escapes them. */
export interface RowWords {
  readonly label: string;
  /** Empty: nothing to say. */
  readonly description: string;
  readonly tooltip: readonly Paragraph[];
  /** For a screen reader. */
  readonly spoken: string;
  /** A codicon's name. */
  readonly icon: string;
  /** What `when` clauses of the menus look at. */
  readonly context: string;
}

/** Plain text, or plain text and the page of ours that says so. */
export type Paragraph = string | { readonly text: string; readonly page: string };

/** Paragraphs as Markdown in which nothing of the text itself is read as Markdown: it came from a host. */
export function tooltipMarkdown(paragraphs: readonly Paragraph[]): string {
  return paragraphs
    .map((paragraph) =>
      typeof paragraph === "string"
        ? escaped(paragraph)
        : `${escaped(paragraph.text)} [${escaped(new URL(paragraph.page).hostname)}](${paragraph.page})`,
    )
    .join("\n\n");
}

/** Every ASCII punctuation mark may be escaped; the dot, the colon and the at-sign too, which make links. */
const escaped = (text: string): string => text.replace(/\s+/g, " ").replace(/[!-/:-@[-`{-~]/g, "\\$&");

/** Words joined by the dot that separates facts in a row; what is absent is left out. */
export const facts = (words: readonly (string | undefined | false)[]): string => words.filter(Boolean).join(" · ");
