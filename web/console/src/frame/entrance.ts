// Most visits come with a session, and nobody sees these pages then: they are loaded on demand.

import { lazy } from "react";

export const LogIn = lazy(() => import("./LogIn"));
export const BecomeDeveloper = lazy(async () => ({
  default: (await import("./Doors")).BecomeDeveloper,
}));
export const NotAdministrator = lazy(async () => ({
  default: (await import("./Doors")).NotAdministrator,
}));
export const SetUpDoor = lazy(async () => ({ default: (await import("./SetUpDoor")).SetUpDoor }));
export const Unreachable = lazy(async () => ({ default: (await import("./Doors")).Unreachable }));
