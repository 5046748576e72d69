/** `12.4.1` in text that holds nothing else but blanks; undefined for anything that is no version. */
export function readVersion(text: string | undefined): string | undefined {
  return /^\s*(\d{1,4}(?:\.\d{1,6}){0,4})\s*$/.exec(text ?? "")?.[1];
}

/** The first two parts of a version. */
export function majorMinor(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

/** Below zero where `a` is the older one; a part that is missing counts as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split("."), b.split(".")];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = Number(left[at] ?? 0) - Number(right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What stands behind `NAME.so.` of a library's file. */
export function libraryVersion(path: string, library: string): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.startsWith(`${library}.so.`) ? readVersion(name.slice(library.length + 4)) : undefined;
}

/** Without what is absent: optional properties are left out rather than set to undefined. */
export function present<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}
