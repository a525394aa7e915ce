// Every limit of the view script, with its reason.

/** A finger that moved further than this (CSS px) scrolls or drags; it does not tap. */
export const TAP_SLOP_PX = 10;
/** A touch held this long is a long press; apps are written against this figure. */
export const LONG_PRESS_MS = 350;
/** Mouse events that browsers generate after a touch are ignored for this long. */
export const GHOST_MOUSE_MS = 800;
/** Maximum number of sent input values that have not come back. */
export const INPUT_ECHOES = 64;
/** Maximum nesting of rich text; deeper markup is a mistake or an attack. */
export const RICH_TEXT_DEPTH = 32;
/** Maximum number of nodes of one rich text; a page this long would freeze a phone. */
export const RICH_TEXT_NODES = 5_000;
/** The first paint is reported after this time at the latest, even when the frame is hidden. */
export const READY_AT_LATEST_MS = 200;
/** A list that is pulled this far (px) refreshes on release. */
export const PULL_THRESHOLD_PX = 50;
/** Height of the band that stays open while refreshing. */
export const PULL_BAND_PX = 50;
/** Page scroll positions are reported at most this often when the page may not listen at all. */
export const SCROLL_REPORT_MS = 100;
/** Maximum duration of a slide of the swiper. */
export const SWIPE_MAX_MS = 5_000;
/** Shortest pause between automatic slides: with less, the text cannot be read and the battery drains. */
export const SWIPE_MIN_INTERVAL_MS = 500;
/** Years that a date picker offers around today when the app names no bounds. */
export const PICKER_YEARS = 100;
/** Maximum number of intersection observers of one page. */
export const OBSERVERS = 200;
