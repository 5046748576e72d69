/** One thing that the survey's script says: its type and its fields. */
export interface SurveyRecord {
  readonly type: string;
  readonly fields: readonly string[];
}

/** The records in a script's output: RS type, GS and a field as often as there are fields, US. All other text is dropped. */
export function readRecords(text: string): readonly SurveyRecord[] {
  return [...text.matchAll(/\u001e([a-z]+)((?:\u001d[^\u001d-\u001f]*)*)\u001f/g)].map(([, type = "", rest = ""]) => ({
    type,
    fields: rest.split("\u001d").slice(1),
  }));
}

/** The lines of a field that hold something. */
export function linesOf(field: string | undefined): readonly string[] {
  return (field ?? "").split("\n").filter((line) => line.trim() !== "");
}
