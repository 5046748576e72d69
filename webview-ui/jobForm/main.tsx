import "../lib/theme.css";
import "./jobForm.css";
import { render } from "preact";
import { JobFormApi } from "../../src/shared/jobForm";
import { connectEditor } from "../lib/ipc";
import { App } from "./app";
import { createFormStore } from "./store";

const editor = connectEditor(JobFormApi);
const store = createFormStore({
  send: editor.send,
  saved: editor.saved,
  save: editor.save,
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
});
editor.listen(store.handlers);
const root = document.createElement("div");
document.body.append(root);
render(<App store={store} />, root);
editor.send("ready");
