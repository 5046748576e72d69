import { Icon } from "../lib/icon";
import { OperandBoxes } from "../lib/shapes/operandBoxes";
import type { Store } from "./store";

const example = [
  { name: "h", shape: [32, 784], dtype: "float32", clash: [1] },
  { name: "fc2.weight", shape: [10, 512], dtype: "float32", clash: [1] },
];

/** What will be here, for who sees it for the first time. */
export function Empty({ store, hasTerminal }: { store: Store; hasTerminal: boolean }) {
  return (
    <div class="empty">
      <h1>Shapes of the last failure</h1>
      <p>
        {hasTerminal
          ? "Run a program in the terminal, as usual. When it fails on the shape, type, device or memory of a tensor, this panel shows which expression failed, its operands, the layer of the model, and what to change."
          : "When a program in a tensor terminal fails on the shape, type, device or memory of a tensor, this panel shows which expression failed, its operands, the layer of the model, and what to change."}
      </p>
      <figure aria-hidden="true">
        <OperandBoxes operands={example} />
      </figure>
      <p class="muted">PyTorch, NumPy, JAX, TensorFlow and Keras. The program is unchanged, and nothing is traced.</p>
      {!hasTerminal && (
        <button type="button" class="button" onClick={() => store.send("openTerminal")}>
          Open a tensor terminal…
        </button>
      )}
    </div>
  );
}

export function Unexplained({ isHookSilent }: { isHookSilent: boolean }) {
  return (
    <div class="empty">
      <h1>The last command failed</h1>
      <p>Nothing about tensors was found in it.</p>
      {isHookSilent && <HookSilent />}
    </div>
  );
}

/** A Python failed and left no record, although its terminal had switched the hook on. */
export function HookSilent() {
  return (
    <div class="notice" data-tone="warning">
      <Icon name="warning" />
      <div>
        <p>The hook was not active in this program, so the values of its variables are not known.</p>
        <p class="muted">
          It is not where a program sets its own PYTHONPATH, runs in a container or with <code>python -I</code> or{" "}
          <code>-S</code>. In a container, hand on PYTHONPATH and TENSORLINE_RUN and mount their folders.
        </p>
      </div>
    </div>
  );
}
