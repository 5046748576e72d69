import type { PanelPlace } from "../../src/shared/tensorPanel";
import { plainText } from "../lib/format";
import type { Store } from "./store";

/** `model.py:41`, which opens the line. */
export function PlaceLink({ store, failure, place }: { store: Store; failure: number; place: PanelPlace }) {
  const name = plainText(place.file.split("/").at(-1) ?? "", 80);
  return (
    <button
      type="button"
      class="link foreign"
      title={plainText(place.file, 400)}
      onClick={() => store.send("openPlace", { id: failure, place })}
    >
      {name}:{place.line}
    </button>
  );
}
