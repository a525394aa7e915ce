import { createRoot } from "react-dom/client";

import { Look } from "../frame/Look";
import { restoreSession } from "../frame/session";
import "../styles.css";
import { Console } from "./Console";

createRoot(document.getElementById("root")!).render(<Look>{() => <Console />}</Look>);
void restoreSession();
