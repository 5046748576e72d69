import type { TreeEntry } from "./transfer";

/**
 * The header of one member of a tar archive, in GNU's format: names are bytes of any length, which both GNU tar and
 * BusyBox read (BusyBox does not know the pax headers that other writers use for names beyond ASCII or 100 bytes).
 */
export function tarHeader(entry: TreeEntry): Buffer {
  const name = Buffer.from(entry.kind === "folder" ? `${entry.path}/` : entry.path);
  const link = Buffer.from(entry.kind === "link" ? (entry.target ?? "") : "");
  const facts = {
    mode: entry.kind === "link" ? 0o777 : entry.mode,
    size: entry.kind === "file" ? entry.size : 0,
    mtime: entry.kind === "file" ? entry.mtime : 0,
  };
  const type = { file: "0", folder: "5", link: "2" }[entry.kind];
  return Buffer.concat([...long("L", name), ...long("K", link), block(name, link, type, facts)]);
}

/** What ends the data of a member of so many bytes. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((512 - (size % 512)) % 512);
}

/** What ends an archive. */
export const tarEnd = Buffer.alloc(1024);

const fieldBytes = 100;

function long(type: "L" | "K", text: Buffer): Buffer[] {
  if (text.length <= fieldBytes) return [];
  const data = Buffer.concat([text, Buffer.alloc(1)]);
  const header = block(Buffer.from("././@LongLink"), Buffer.alloc(0), type, {
    mode: 0o644,
    size: data.length,
    mtime: 0,
  });
  return [header, data, tarPadding(data.length)];
}

function block(name: Buffer, link: Buffer, type: string, facts: { mode: number; size: number; mtime: number }): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, digits: number) => {
    header.write(Math.max(0, value).toString(8).padStart(digits, "0"), at, "latin1");
  };
  name.copy(header, 0, 0, fieldBytes);
  octal(facts.mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(facts.size, 124, 11);
  octal(facts.mtime, 136, 11);
  header.fill(" ", 148, 156);
  header.write(type, 156, "latin1");
  link.copy(header, 157, 0, fieldBytes);
  header.write("ustar  \0", 257, "latin1");
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  header[154] = 0;
  return header;
}
