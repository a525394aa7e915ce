import "weui/dist/style/base/base.min.css";
import "./styles/app.css";

import { render } from "preact";
import { markDocument } from "../../shared/i18n";
import { followSystem } from "../../shared/theme";
import { App } from "./App";
import { startLayers } from "./nav/layers";

markDocument();
followSystem();
startLayers();
render(<App />, document.getElementById("root")!);
