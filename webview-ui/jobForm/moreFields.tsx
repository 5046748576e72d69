import { severalProcesses } from "./draft";
import { Check, Choose, Labelled, TextInput } from "./field";
import type { FormStore } from "./store";

const LAUNCHERS = [
  { value: "torchrun", label: "torchrun" },
  { value: "accelerate", label: "accelerate" },
  { value: "processes", label: "one process a GPU" },
  { value: "command", label: "the program itself" },
];

/** What most runs leave as it is. */
export function MoreFields({ store }: { store: FormStore }) {
  const draft = store.draft.value;
  if (!draft) return null;
  return (
    <>
      <div class="row">
        <TextInput
          store={store}
          field="program"
          label="Program"
          size="wide"
          placeholder="train.py or -m package.module"
          isCode
        />
        <Choose store={store} field="launcher" label="Start with" none="Python" choices={LAUNCHERS} />
        {severalProcesses(draft.launcher) && (
          <TextInput store={store} field="processes" label="Processes" size="small" placeholder="= GPUs" numeric />
        )}
      </div>
      <div class="row">
        <TextInput store={store} field="folder" label="Folder" placeholder="workspace folder" size="wide" isCode />
        <TextInput store={store} field="timeLimit" label="Time limit" placeholder="none, or 2h30m" />
      </div>
      <div class="row">
        <Labelled store={store} field="variables" label="Variables" size="wide">
          {(attributes) => (
            <textarea
              {...attributes}
              class="input code"
              rows={Math.min(6, Math.max(2, draft.variables.split("\n").length))}
              spellcheck={false}
              placeholder="NAME=value, one a line"
              value={draft.variables}
              onInput={(event) => store.set("variables", event.currentTarget.value)}
            />
          )}
        </Labelled>
        <TextInput
          store={store}
          field="secrets"
          label="Secrets"
          placeholder="HF_TOKEN WANDB_API_KEY"
          hint="Names only; values stay in the keychain."
          isCode
        />
      </div>
      <div class="row">
        <TextInput store={store} field="name" label="Job name" placeholder="name of the file" size="wide" />
        <div class="checks">
          <Check
            store={store}
            field="bringResults"
            label="Bring results back"
            hint="Downloads $TENSORLINE_OUT when the job has ended"
          />
          <Check
            store={store}
            field="tensorHook"
            label="Explain failures of tensors"
            hint="Its Pythons record how they fail; sets PYTHONPATH and TENSORLINE_RUN for the job"
          />
        </div>
      </div>
    </>
  );
}

/** What only a scheduler takes. */
export function SchedulerFields({ store }: { store: FormStore }) {
  if (!store.isScheduler.value) return null;
  return (
    <fieldset class="scheduler">
      <legend>For the scheduler</legend>
      <div class="row">
        <TextInput store={store} field="partition" label="Partition" placeholder="default" isCode />
        <TextInput store={store} field="account" label="Account" placeholder="default" isCode />
        <TextInput store={store} field="qos" label="QOS" placeholder="default" isCode />
      </div>
      <div class="row">
        <TextInput store={store} field="cpus" label="CPUs" placeholder="default" size="small" numeric />
        <TextInput
          store={store}
          field="schedulerMemory"
          label="Memory"
          unit="GB"
          placeholder="default"
          size="small"
          numeric
        />
        <TextInput store={store} field="gpuType" label="GPU type" placeholder="any" isCode />
      </div>
      <div class="row">
        <TextInput store={store} field="extra" label="Options" placeholder="--constraint=ib" size="wide" isCode />
      </div>
    </fieldset>
  );
}
