/** A codicon; the word beside it says the same, so screen readers skip it. */
export function Icon({ name }: { name: string }) {
  return <span class={`codicon codicon-${name}`} aria-hidden="true" />;
}

/** A button that is only a codicon; `label` is its name and its hover text. */
export function IconButton(props: {
  icon: string;
  label: string;
  onClick: () => void;
  pressed?: boolean;
  disabled?: boolean;
  tabIndex?: 0 | -1;
  /** Marks buttons of one kind, so that the arrow keys can go from one to the next. */
  kind?: string;
}) {
  return (
    <button
      type="button"
      class="icon-button"
      title={props.label}
      aria-label={props.label}
      aria-pressed={props.pressed}
      disabled={props.disabled}
      tabIndex={props.tabIndex}
      data-kind={props.kind}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}
