import "../lib/theme.css";
import "../lib/shapes/shapes.css";
import "./tensor.css";
import { render } from "preact";
import { TensorPanelApi } from "../../src/shared/tensorPanel";
import { connectEditor } from "../lib/ipc";
import { App } from "./app";
import { createStore } from "./store";
import { createShellTerminal } from "./terminal";

const editor = connectEditor(TensorPanelApi);
const store = createStore(editor.send);
editor.listen(store.handlers);
const root = document.createElement("div");
root.id = "page";
document.body.append(root);
render(<App store={store} makeTerminal={createShellTerminal} />, root);
editor.send("ready");
