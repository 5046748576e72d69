import { IconButton } from "../lib/icon";
import type { LogParts } from "./logTab";
import { fileSize, localTime } from "./words";

/** Where in the log one is, and how to get elsewhere. */
export function LogBar({ store, terminal, atEnd, finding }: LogParts) {
  const log = store.log.value;
  const total = Math.max(store.panel.value?.job?.logBytes ?? 0, log?.to ?? 0);
  const page = (to: "first" | "earlier" | "later" | "newest") => () => store.send("page", { to });
  const isPage = log?.kind === "page";
  const hasEarlier = (log?.from ?? 0) > 0;
  const wrap = store.view.wrap;
  const copy = () => {
    const found = terminal.current?.text();
    if (found && found.text !== "") store.send("copy", { text: found.text });
  };
  return (
    <div class="log-bar" role="toolbar" aria-label="Log">
      {(hasEarlier || isPage) && (
        <>
          <IconButton
            icon="arrow-circle-up"
            label="Beginning of the log"
            disabled={!hasEarlier}
            onClick={page("first")}
          />
          <IconButton icon="chevron-up" label="Load earlier output" disabled={!hasEarlier} onClick={page("earlier")} />
          <IconButton icon="chevron-down" label="Load later output" disabled={!isPage} onClick={page("later")} />
          <IconButton icon="arrow-circle-down" label="Newest output" disabled={!isPage} onClick={page("newest")} />
          <IconButton
            icon="history"
            label="Go to a time…"
            onClick={() => store.send("act", { action: "jumpToTime" })}
          />
        </>
      )}
      <span class="log-place muted">{log ? placeOf(log, total) : ""}</span>
      <IconButton
        icon="search"
        label="Find"
        pressed={finding.value}
        onClick={() => {
          finding.value = !finding.value;
          if (!finding.value) terminal.current?.endFind();
        }}
      />
      <IconButton
        icon="word-wrap"
        label="Wrap long lines"
        pressed={wrap.value}
        onClick={() => {
          wrap.value = !wrap.value;
          // Lines that were rewritten in place look right only in the width that they were written in.
          if (!isPage) store.send("page", { to: "newest" });
        }}
      />
      <IconButton icon="copy" label="Copy the selection, or all that is shown" onClick={copy} />
      {!isPage && (
        <IconButton
          icon="fold-down"
          label="Follow new output"
          pressed={atEnd.value}
          onClick={() => (atEnd.value ? terminal.current?.stay() : terminal.current?.scrollToEnd())}
        />
      )}
    </div>
  );
}

/** `Last 1.05 MB of 1.02 GB`, `12.0 MB to 13.0 MB of 1.02 GB, until 14:07`; nothing where all of it is there. */
function placeOf(log: NonNullable<LogParts["store"]["log"]["value"]>, total: number): string {
  if (log.kind === "live")
    return log.from === 0 ? "" : `Last ${fileSize(Math.max(0, total - log.from))} of ${fileSize(total)}`;
  const place = `${fileSize(log.from)} to ${fileSize(log.to)} of ${fileSize(total)}`;
  const [since, until] = [log.since, log.until].map((time) => localTime(time));
  const time =
    since !== undefined && until !== undefined
      ? `, ${since} to ${until}`
      : until !== undefined
        ? `, until ${until}`
        : "";
  return place + time;
}
