import "uplot/dist/uPlot.min.css";
import "../lib/theme.css";
import "../lib/chart.css";
import "./gpu.css";
import "./bars.css";
import "./rows.css";
import "./detail.css";
import "./processes.css";
import { render } from "preact";
import { GpuPanelApi } from "../../src/shared/gpuPanel";
import { connectEditor } from "../lib/ipc";
import { watchPalette } from "../lib/theme";
import { App } from "./app";
import { paintReporter } from "./paint";
import { createStore } from "./store";

const CLOCK_MS = 250;

const editor = connectEditor(GpuPanelApi);
const store = createStore({
  send: editor.send,
  saved: editor.saved,
  save: editor.save,
  now: Date.now,
  sampled: paintReporter((time) => editor.send("painted", { time, paintedAt: Date.now() })),
});
editor.listen(store.handlers);
const root = document.createElement("div");
document.body.append(root);
render(<App store={store} palette={watchPalette()} />, root);
setInterval(() => store.setNow(Date.now()), CLOCK_MS);
editor.send("ready");
