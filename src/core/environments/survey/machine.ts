/** `e_machine` of ELF headers, in the words of `uname -m`. Source: the System V ABI's registry, as in Linux's elf-em.h. */
const machines: Readonly<Record<number, string>> = {
  2: "sparc",
  3: "i686",
  8: "mips",
  20: "ppc",
  21: "ppc64",
  22: "s390x",
  40: "armv7l",
  43: "sparc64",
  62: "x86_64",
  183: "aarch64",
  243: "riscv64",
  258: "loongarch64",
};

/** The machine in `machine DATA BYTES`: the header's byte order (`01` little, `02` big) and its two bytes, in hex. */
export function machineOf(texts: readonly string[]): string | undefined {
  for (const text of texts) {
    const [, order, first = "", second = ""] = /^machine (0[12]) ([0-9a-f]{2})([0-9a-f]{2})$/.exec(text) ?? [];
    if (order !== undefined) return machines[Number.parseInt(order === "02" ? first + second : second + first, 16)];
  }
  return undefined;
}

/** Whether a program for one machine runs on another; the unknown is given the benefit of the doubt. */
export function runsOn(program: string | undefined, host: string | undefined): boolean {
  if (program === undefined || host === undefined) return true;
  return familyOf(program).some((family) => familyOf(host).includes(family));
}

/** Names of `uname -m` that go together: kernels of 64 bits run programs of 32, and words differ for the same thing. */
function familyOf(machine: string): readonly string[] {
  if (/^(x86_64|amd64|i[3-6]86)$/.test(machine)) return ["x86"];
  if (/^(aarch64|arm64|arm.*)$/.test(machine)) return ["arm"];
  if (/^ppc/.test(machine)) return ["ppc"];
  if (/^mips/.test(machine)) return ["mips"];
  if (/^sparc/.test(machine)) return ["sparc"];
  return [machine];
}
