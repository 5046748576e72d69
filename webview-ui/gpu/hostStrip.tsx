import type { Disk, SystemFacts } from "../../src/shared/gpu";
import { interval, memoryPair, percent, plainText, share, span, UNKNOWN } from "../lib/format";
import { Icon, IconButton } from "../lib/icon";
import { Value } from "../lib/value";
import type { Store } from "./store";

const BEATS_MS = [100, 250, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000];

/** The machine itself: what it runs, how loaded it is, how often it is read. */
export function HostStrip({ store }: { store: Store }) {
  const panel = store.panel.value;
  if (!panel) return null;
  const system = store.system.value;
  const act = (action: "pin" | "unpin" | "openPanel" | "openTerminal") => () => store.send("act", { action });
  return (
    <header class="strip">
      <div class="strip-head">
        <h1 title={plainText(panel.host ?? "")}>{plainText(panel.host ?? "", 80)}</h1>
        <Live store={store} />
        <div class="toolbar" role="toolbar" aria-label="Host">
          <IconButton
            icon={panel.pinned ? "pinned" : "pin"}
            label={panel.pinned ? "Unpin from status bar" : "Pin to status bar"}
            onClick={act(panel.pinned ? "unpin" : "pin")}
          />
          <IconButton icon="terminal" label="Open terminal" onClick={act("openTerminal")} />
          {panel.placement === "sidebar" && (
            <IconButton icon="open-preview" label="Open panel" onClick={act("openPanel")} />
          )}
        </div>
      </div>
      {system && <p class="strip-system">{systemLine(system)}</p>}
      {system && <Loads system={system} />}
    </header>
  );
}

/** `Ubuntu 22.04 · driver 580.105 · CUDA 13.0`; what is not known is left out. */
function systemLine(system: SystemFacts): string {
  return [
    system.distribution,
    system.driverVersion && `driver ${system.driverVersion}`,
    system.cudaVersion && `CUDA ${system.cudaVersion}`,
  ]
    .filter((part) => part !== undefined && part !== "")
    .map((part) => plainText(part ?? "", 60))
    .join(" · ");
}

const NOT_REPORTED = "not reported by the host";

function Loads({ system }: { system: SystemFacts }) {
  const cpu = [system.cpuCount && `${system.cpuCount} CPUs`, system.cpuModel && plainText(system.cpuModel, 120)];
  return (
    <dl class="loads">
      <div title={cpu.filter(Boolean).join(" · ")}>
        <dt>CPU</dt>
        <dd>
          <Value text={percent(system.cpuPercent)} why={NOT_REPORTED} />
        </dd>
      </div>
      <div>
        <dt>RAM</dt>
        <dd>
          <Value text={memoryPair(system.memoryUsedBytes, system.memoryTotalBytes)} why={NOT_REPORTED} />
        </dd>
      </div>
      {(system.disks ?? []).map((disk) => (
        <DiskLoad key={`${disk.mount ?? ""}:${disk.path}`} disk={disk} />
      ))}
      <div title={system.load && `over 1, 5 and 15 minutes: ${system.load.map((one) => one.toFixed(2)).join(", ")}`}>
        <dt>load</dt>
        <dd>
          <Value
            text={system.load ? system.load[0].toFixed(system.load[0] < 10 ? 1 : 0) : UNKNOWN}
            why={NOT_REPORTED}
          />
        </dd>
      </div>
      {system.uptimeSeconds !== undefined && (
        <div>
          <dt>up</dt>
          <dd>{span(system.uptimeSeconds)}</dd>
        </div>
      )}
    </dl>
  );
}

/** A full disk stops a training run: from 95 % on it says so in a word. */
function DiskLoad({ disk }: { disk: Disk }) {
  const used = share(disk.usedBytes, disk.totalBytes);
  const full = used !== undefined && used >= 95;
  const place = plainText(disk.mount ?? disk.path, 60);
  return (
    <div title={`${place}: ${memoryPair(disk.usedBytes, disk.totalBytes)}`} data-full={full}>
      <dt>{place}</dt>
      <dd>
        {full && <Icon name="warning" />}
        <Value text={percent(used)} why={NOT_REPORTED} />
        {full && " full"}
      </dd>
    </div>
  );
}

/** How often the host is read, and whether the numbers are of now. */
function Live({ store }: { store: Store }) {
  const beat = store.panel.value?.beatMs ?? 1000;
  if (store.panel.value?.gentle) {
    return (
      <div class="live">
        <Freshness store={store} />
      </div>
    );
  }
  const beats = BEATS_MS.includes(beat) ? BEATS_MS : [...BEATS_MS, beat].sort((a, b) => a - b);
  return (
    <div class="live">
      <Freshness store={store} />
      <select
        aria-label="Time between readings"
        title="Time between readings"
        value={String(beat)}
        onChange={(event) => store.send("setBeat", { beatMs: Number(event.currentTarget.value) })}
      >
        {beats.map((one) => (
          <option key={one} value={String(one)}>
            {interval(one)}
          </option>
        ))}
      </select>
    </div>
  );
}

/** "live", or how old the numbers are; nothing while there are none. */
function Freshness({ store }: { store: Store }) {
  const old = store.staleSeconds.value;
  if (!store.hasReadings.value) return null;
  return (
    <span class="live-state" data-old={old !== undefined}>
      <Icon name={old === undefined ? "circle-filled" : "history"} />
      {old === undefined ? "live" : `${span(old)} old`}
    </span>
  );
}
