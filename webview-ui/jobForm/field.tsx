import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { Choice, JobField } from "../../src/shared/jobForm";
import type { Draft } from "./draft";
import type { FormStore } from "./store";

/** Keys of the draft that hold text, and have a field of their own name to put an error at. */
export type TextField = JobField & { [K in keyof Draft]: Draft[K] extends string ? K : never }[keyof Draft];

interface FieldProps {
  readonly store: FormStore;
  readonly field: TextField;
  readonly label: string;
  /** One short sentence below; hidden while there is an error. */
  readonly hint?: string;
  /** How wide it wants to be. */
  readonly size?: "small" | "wide";
}

/** A label, a control and, where something is wrong, the one sentence that says what. */
export function Labelled(props: {
  store: FormStore;
  field: JobField;
  label: string;
  hint?: string;
  size?: "small" | "wide";
  children: (attributes: Attributes) => ComponentChildren;
}) {
  const id = useId();
  const error = props.store.errors.value[props.field];
  const below = error ?? props.hint;
  const attributes: Attributes = {
    id,
    "aria-invalid": error !== undefined,
    "aria-describedby": below === undefined ? undefined : `${id}-below`,
    "data-field": props.field,
    onBlur: () => props.store.left(props.field),
  };
  return (
    <div class="field" data-size={props.size} data-wrong={error !== undefined}>
      <label for={id}>{props.label}</label>
      {props.children(attributes)}
      {below !== undefined && (
        <p class={error === undefined ? "below" : "below error"} id={`${id}-below`}>
          {below}
        </p>
      )}
    </div>
  );
}

export interface Attributes {
  readonly id: string;
  readonly "aria-invalid": boolean;
  readonly "aria-describedby": string | undefined;
  readonly "data-field": string;
  readonly onBlur: () => void;
}

export function TextInput(
  props: FieldProps & { placeholder?: string; unit?: string; isCode?: boolean; numeric?: boolean },
) {
  const { store, field } = props;
  return (
    <Labelled {...props}>
      {(attributes) => (
        <span class="control">
          <input
            {...attributes}
            class={props.isCode ? "input code" : "input"}
            type="text"
            inputMode={props.numeric ? "decimal" : undefined}
            spellcheck={false}
            autocomplete="off"
            placeholder={props.placeholder}
            value={store.draft.value?.[field]}
            onInput={(event) => store.set(field, event.currentTarget.value)}
          />
          {props.unit && <span class="unit">{props.unit}</span>}
        </span>
      )}
    </Labelled>
  );
}

/** A list to choose from; what is chosen and not in it (yet) is kept and shown. */
export function Choose(props: FieldProps & { none: string; choices: readonly Choice[] }) {
  const { store, field, choices } = props;
  const value = store.draft.value?.[field] ?? "";
  const isKnown = value === "" || choices.some((choice) => choice.value === value);
  return (
    <Labelled {...props}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={(event) => store.set(field, event.currentTarget.value)}>
          <option value="">{props.none}</option>
          {!isKnown && <option value={value}>{value}</option>}
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.detail ? `${choice.label}  ·  ${choice.detail}` : choice.label}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

type SwitchField = { [K in keyof Draft]: Draft[K] extends boolean ? K : never }[keyof Draft];

export function Check({
  store,
  field,
  label,
  hint,
}: {
  store: FormStore;
  field: SwitchField;
  label: string;
  hint: string;
}) {
  return (
    <label class="check" title={hint}>
      <input
        type="checkbox"
        checked={store.draft.value?.[field]}
        onChange={(event) => store.set(field, event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}
