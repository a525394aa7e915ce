import "weui/dist/style/base/base.min.css";
import "./styles/app.css";

import { render } from "preact";
import { markDocument } from "../../shared/i18n";
import { followSystem } from "../../shared/theme";
import { App } from "./App";
import { followKeyboard } from "./nav/keyboard";
import { startLayers } from "./nav/layers";

markDocument();
followSystem();
startLayers();
followKeyboard();
render(<App />, document.getElementById("root")!);

// Keeps the shell for when there is no network. Browsers have it over HTTPS and on localhost only.
if (import.meta.env.PROD && "serviceWorker" in navigator) {
  void navigator.serviceWorker.register("/sw.js").catch(() => undefined); // The app runs without it.
}
