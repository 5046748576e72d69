import { type AmdCard, amdMoment, computeProcess } from "./amdHost";
import type { FileTree } from "./files";
import type { AmdGpus, NvidiaGpus } from "./hosts";
import { nvidiaShown } from "./nvidiaHost";
import { bareCell, knownName } from "./nvidiaState";
import type { RecordedHost } from "./recordedHost";

/** What the tools that the probe asks for would print on a recorded host. */

/** The fields of a query, each given as names of which the driver may know one: `a|b`. */
export function nvidiaFieldsOf(nvidia: NvidiaGpus, wanted: string): readonly string[] {
  return wanted.split(",").flatMap((names) => knownName(nvidia.driver, names.split("|")) ?? []);
}

/** One row for each GPU. A lost GPU still tells its index at the first tick, as the genuine tool does. */
export function nvidiaRows(host: RecordedHost, nvidia: NvidiaGpus, fields: readonly string[], first: boolean): string {
  const rows = nvidiaShown(host.spec, nvidia, host.moment()).map((gpu) => {
    const hidden = gpu.lost && !first;
    const cells = fields.map((field) =>
      hidden && field === "index" ? "[GPU is lost]" : bareCell(nvidia.driver, field, gpu),
    );
    return `${cells.join(", ")}\n`;
  });
  return rows.join("");
}

/** The output of a tool, or undefined where the host does not have it. */
export function toolOutput(host: RecordedHost, argv: readonly string[]): string | undefined {
  const { gpus } = host.spec;
  const [tool, ...options] = argv;
  if (tool === "nvidia-smi" && gpus?.vendor === "nvidia") return computeApps(host, gpus);
  if (tool === "rocm-smi" && gpus?.vendor === "amd") return rocmJson(host, gpus);
  return options.some((text) => text.includes("df -kP")) ? diskTable(host) : undefined;
}

/** The columns `gpu_uuid`, `pid` and `used_memory`. */
function computeApps(host: RecordedHost, nvidia: NvidiaGpus): string {
  const rows = nvidiaShown(host.spec, nvidia, host.moment()).flatMap(({ view, processes }) =>
    processes.map(({ pid, memoryMiB }) => `${view.uuid}, ${pid}, ${memoryMiB}\n`),
  );
  return rows.join("");
}

function rocmJson(host: RecordedHost, amd: AmdGpus): string {
  const moment = host.moment();
  const cards = amdMoment(host.spec, amd, moment).cards.map((card) => [`card${card.index}`, cardJson(card)]);
  const processes = moment.jobs.map((job) => {
    const { name, gpus, bytes } = computeProcess(job, moment.seconds);
    return [`PID${job.pid}`, `${name}, ${gpus}, ${bytes}, 0, unknown`];
  });
  const system = { "Driver version": amd.driver, ...Object.fromEntries(processes) };
  return JSON.stringify({ ...Object.fromEntries(cards), system });
}

function cardJson(card: AmdCard): Readonly<Record<string, string>> {
  return {
    "Device Name": `${card.name}`,
    GUID: `${card.guid}`,
    "Unique ID": `0x${card.unique_id}`,
    "Temperature (Sensor junction) (C)": `${card.junction}.0`,
    "Temperature (Sensor memory) (C)": `${card.memory_celsius}.0`,
    "mclk clock speed:": `(${card.mclk}Mhz)`,
    "sclk clock speed:": `(${card.sclk}Mhz)`,
    "pcie clock level": "0 (32.0GT/s x16)",
    "Max Graphics Package Power (W)": `${card.power_cap}.0`,
    "Current Socket Graphics Package Power (W)": `${card.power}.0`,
    "GPU use (%)": `${card.busy}`,
    "GPU Memory Read/Write Activity (%)": `${card.memory_busy}`,
    "VRAM Total Memory (B)": `${card.vram_total}`,
    "VRAM Total Used Memory (B)": `${card.vram_used}`,
    "PCI Bus": `${card.bus}`,
    "Card Series": `${card.name}`,
    "Node ID": `${card.node}`,
    "GFX Version": "gfx942",
  };
}

/** The file systems of the home folder and of /tmp. */
function diskTable(host: RecordedHost): string {
  const disks = (host.files()["run/disks"] ?? "").trim().split("\n");
  const holding = (path: string) =>
    disks
      .map((line) => ({ line, mount: line.split(" ").at(-1) ?? "" }))
      .filter(({ mount }) => `${path}/`.startsWith(mount.endsWith("/") ? mount : `${mount}/`))
      .sort((a, b) => b.mount.length - a.mount.length)
      .at(0)?.line;
  const lines = [`/home/${host.spec.user}`, "/tmp"].flatMap((path) => holding(path) ?? []);
  return `Filesystem 1024-blocks Used Available Capacity Mounted on\n${lines.join("\n")}\n`;
}

/** `path=value` of the first lines of all files below /sys that a shell pattern finds, paths without /sys. */
export function sysValues(files: FileTree, base: string, pattern: string): readonly string[] {
  // A driver's folder holds links to its devices.
  const found = shellPattern(`sys/${base.replace(/^bus\/pci\/drivers\/[^/]+\//, "bus/pci/devices/")}/${pattern}`);
  const driver = base.slice(0, base.lastIndexOf("/") + 1);
  return Object.entries(files)
    .filter(([path]) => found.test(path))
    .map(([path, text]) => `${path.replace("sys/bus/pci/devices/", driver)}=${firstLine(text)}`)
    .sort();
}

function shellPattern(pattern: string): RegExp {
  const source = pattern.replace(/[.:]/g, "\\$&").replaceAll("*", "[^/]*");
  return new RegExp(`^${source}$`);
}

export function firstLine(text: string | undefined): string {
  return text?.split("\n", 1)[0] ?? "";
}
