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
