import { createContext } from "preact";
import type { OpenApp } from "./app";

export interface AppFrame {
  app: OpenApp;
  /** Opens what the capsule's three dots open, or closes it. */
  menu: () => void;
}

/** The open app, for the sheets over it: each shows the app's name and keeps the capsule on top. */
export const AppContext = createContext<AppFrame>(null!);
