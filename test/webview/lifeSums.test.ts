import { expect, it } from "vitest";
import { meanOverTime, peakOf } from "../../webview-ui/job/lifeSums";

it("a mean weighs readings by how long they stood, and gaps by nothing", () => {
  expect(meanOverTime([0, 10, 40], [100, 0, 50])).toBe(25);
  expect(meanOverTime([0, 10, 11, 1000, 1010], [40, 40, null, 80, 80])).toBe(60);
  expect(meanOverTime([5], [70])).toBe(70);
  expect(meanOverTime([5, 6], [null, null])).toBeUndefined();
});

it("a peak is the largest reading, and none without readings", () => {
  expect(peakOf([1, null, 3])).toBe(3);
  expect(peakOf([null])).toBeUndefined();
});
