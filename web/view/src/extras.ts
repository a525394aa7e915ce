// What the second script adds to the first. Its code is in extra.ts and below; here are only its types.

import type { pictureOf, pointsOf } from "./canvas/export";
import type { measuredFonts } from "./canvas/fonts";
import type { Stage } from "./canvas/stage";
import type { ComponentClass } from "./component";
import { COMPONENTS } from "./components/index";
import type { EXTRA_TAGS } from "../../shared/extra";
import type { Scripts } from "./wxs/scripts";

export interface Extras {
  components: Record<(typeof EXTRA_TAGS)[number], ComponentClass>;
  /** The functions of WXS modules. */
  Scripts: typeof Scripts;
  /** Drawing on canvases, and what programs get from them. */
  Stage: typeof Stage;
  measuredFonts: typeof measuredFonts;
  pictureOf: typeof pictureOf;
  pointsOf: typeof pointsOf;
}

let added: Extras | null = null;

export function addExtras(extras: Extras): void {
  added = extras;
  Object.assign(COMPONENTS, extras.components);
}

/** Null until the shell has brought the second script: it does so for pages that need it. */
export function extras(): Extras | null {
  return added;
}
