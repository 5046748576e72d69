import type { GpuReport } from "../../shared/gpu";
import { toReport } from "./reading";
import { captureFormats } from "./vendors";

/** The names of the formats that `parseCapture` reads. */
export function captureFormatNames(): readonly string[] {
  return Object.keys(captureFormats);
}

/**
 * Reads recorded output of a GPU tool. A failure that the tool itself reports is understood and becomes a warning.
 * Throws `Failure` with reason `unreadable` when the text is nothing of the kind, `RangeError` for an unknown format.
 */
export function parseCapture(format: string, text: string): GpuReport {
  const parse = Object.hasOwn(captureFormats, format) ? captureFormats[format] : undefined;
  if (!parse) throw new RangeError(`unknown format ${format}`);
  return toReport(parse(text.replace(/^\ufeff/, "")));
}
