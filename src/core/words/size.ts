/** `18 kB`, `1.2 GB`; 1 kB is 1000 bytes. */
export function sizeText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit > 2 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** `1 file`, `10 files`. */
export const filesText = (count: number): string => `${count} ${count === 1 ? "file" : "files"}`;
