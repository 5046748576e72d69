import type { Verdict } from "../../shared/environments";

const order: readonly Verdict["grade"][] = ["fails", "limited", "works", "unknown"];

/** The one that people should know first. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict | undefined {
  return [...verdicts].sort((a, b) => order.indexOf(a.grade) - order.indexOf(b.grade))[0];
}

export function describeGrade(grade: Verdict["grade"]): string {
  switch (grade) {
    case "works":
      return "works";
    case "limited":
      return "works with a limit";
    case "fails":
      return "does not work here";
    case "unknown":
      return "not known to work";
  }
}
