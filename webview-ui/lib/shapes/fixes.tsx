import type { PanelFix } from "../../../src/shared/tensorPanel";
import { plainText } from "../format";
import { Icon, IconButton } from "../icon";

interface Props {
  readonly fixes: readonly PanelFix[];
  readonly copy: (text: string) => void;
  /** Of the fix with this number. */
  readonly apply: (fix: number) => void;
}

/** What can be done, each to be copied, and applied where it is one safe edit. */
export function Fixes({ fixes, copy, apply }: Props) {
  if (fixes.length === 0) return null;
  return (
    <ol class="fixes">
      {fixes.map(({ text, edit, canApply }, at) => (
        <li key={`${at}`} class="fix">
          <div class="fix-text">
            <p class="foreign-lines">{plainText(text, 600)}</p>
            {edit && (
              <p class="fix-edit">
                <span class="visually-hidden">Replaces</span>
                <del>{plainText(edit.was, 300)}</del>
                <Icon name="arrow-right" />
                <span class="visually-hidden">by</span>
                <ins>{plainText(edit.text, 300)}</ins>
              </p>
            )}
          </div>
          <div class="actions">
            <IconButton
              icon="copy"
              label={edit ? "Copy the new text" : "Copy"}
              onClick={() => copy(edit?.text ?? text)}
            />
            {canApply && (
              <button type="button" class="button" onClick={() => apply(at)}>
                Apply edit
              </button>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}
