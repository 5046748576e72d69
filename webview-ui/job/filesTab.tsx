import type { JobContents } from "../../src/shared/jobPanel";
import { hasEnded } from "../../src/shared/jobs";
import { plainText, UNKNOWN } from "../lib/format";
import { Icon, IconButton } from "../lib/icon";
import type { Store } from "./store";
import { fileSize, localTime } from "./words";

/** What the job left in `$TENSORLINE_OUT`. */
export function FilesTab({ store }: { store: Store }) {
  const state = store.contents.value;
  const refresh = () => store.send("act", { action: "refreshFiles" });
  if (!state || state.kind === "reading") return <p class="hint">Reading the folder on the host…</p>;
  if (state.kind === "unreadable")
    return (
      <p class="notice" data-tone="warning">
        <Icon name="warning" />
        <span>{plainText(state.problem.message, 400)}</span>
        <button type="button" class="button secondary" onClick={refresh}>
          Read again
        </button>
      </p>
    );
  return <Contents store={store} contents={state.contents} refresh={refresh} />;
}

function Contents({ store, contents, refresh }: { store: Store; contents: JobContents; refresh: () => void }) {
  const { files, outFolder, diskBytes, more } = contents;
  const job = store.panel.value?.job;
  const isMine = job?.user === undefined;
  return (
    <div class="files">
      <div class="section-head">
        <h2>Results</h2>
        <span class="section-count">
          {files.length === 0
            ? "none"
            : `${files.length}${more ? " and more" : ""} ${files.length === 1 ? "file" : "files"}, ${fileSize(sum(files))}`}
        </span>
        <IconButton icon="refresh" label="Read the folder again" onClick={refresh} />
        {files.length > 0 && (
          <button type="button" class="button" onClick={() => store.send("act", { action: "bringResults" })}>
            Bring back
          </button>
        )}
      </div>
      <p class="muted files-place">
        <code class="foreign">{plainText(outFolder, 400)}</code>
        <IconButton
          icon="copy"
          label="Copy the folder’s path"
          onClick={() => store.send("copy", { text: outFolder })}
        />
      </p>
      {files.length === 0 ? (
        <p class="hint">
          What the program writes into the folder that the variable <code>TENSORLINE_OUT</code> names is kept with the
          job and can be brought back from here.
        </p>
      ) : (
        <div class="scroller">
          <table class="table">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col" data-numeric="true">
                  Size
                </th>
                <th scope="col">Changed</th>
              </tr>
            </thead>
            <tbody>
              {files.map(({ path, sizeBytes, modifiedAt }) => (
                <tr key={path}>
                  <th scope="row">
                    <button type="button" class="link foreign" onClick={() => store.send("openFile", { path })}>
                      {plainText(path, 300)}
                    </button>
                  </th>
                  <td data-numeric="true">{fileSize(sizeBytes)}</td>
                  <td>{localTime(modifiedAt) ?? UNKNOWN}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div class="section-head">
        <h2>On the host’s disk</h2>
        <span class="section-count">{fileSize(diskBytes)} with log, code and results</span>
        {isMine && job && hasEnded(job) && (
          <button type="button" class="button secondary" onClick={() => store.send("act", { action: "delete" })}>
            Delete job…
          </button>
        )}
      </div>
    </div>
  );
}

const sum = (files: JobContents["files"]) => files.reduce((total, { sizeBytes }) => total + (sizeBytes ?? 0), 0);
