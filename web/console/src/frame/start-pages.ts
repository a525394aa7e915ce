// Most visits come with a session, and nobody sees these pages then: they are loaded on demand.

import { lazy } from "react";

export const LogIn = lazy(() => import("./LogIn"));
export const BecomeDeveloper = lazy(async () => ({
  default: (await import("./StartPages")).BecomeDeveloper,
}));
export const NotAdministrator = lazy(async () => ({
  default: (await import("./StartPages")).NotAdministrator,
}));
export const SetUpSecondFactor = lazy(async () => ({
  default: (await import("./SetUpSecondFactor")).SetUpSecondFactor,
}));
export const Unreachable = lazy(async () => ({
  default: (await import("./StartPages")).Unreachable,
}));
