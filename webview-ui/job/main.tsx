import "uplot/dist/uPlot.min.css";
import "../lib/theme.css";
import "../lib/chart.css";
import "./job.css";
import "./log.css";
import "./tabs.css";
import { render } from "preact";
import { JobPanelApi } from "../../src/shared/jobPanel";
import { connectEditor } from "../lib/ipc";
import { watchPalette } from "../lib/theme";
import { App } from "./app";
import { createStore } from "./store";
import { createTerminal } from "./terminal";

const CLOCK_MS = 1000;

const editor = connectEditor(JobPanelApi);
const store = createStore({ send: editor.send, saved: editor.saved, save: editor.save, now: Date.now });
editor.listen(store.handlers);
const root = document.createElement("div");
root.id = "page";
document.body.append(root);
render(<App store={store} palette={watchPalette()} makeTerminal={createTerminal} />, root);
setInterval(() => store.setNow(Date.now()), CLOCK_MS);
store.start();
