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
/** Longest step of a gliding movable-view: after a pause of the browser it must not jump. */
export const MOVABLE_STEP_MS = 50;
/** Maximum number of markers, lines and areas of a map, each: more cannot be told apart. */
export const MAP_SHAPES = 1_000;
/** Characters of the pictures of canvases that a page keeps for their addresses: a poster on a dense screen has 1 to 4 MB. */
export const MAX_SNAPSHOT_CHARS = 32 << 20;
/** Width and height of a canvas; the engine has the same bound. */
export const MAX_CANVAS_SIDE = 4096;
/** After so many batches of drawing commands the engine is told: six times a second in an animation. */
export const DRAWS_PER_REPORT = 10;
/** Maximum number of intersection observers of one page. */
export const OBSERVERS = 200;
/** Steps of one call of a WXS module: the longest drag handlers that we have seen take some hundreds. */
export const WXS_STEPS = 1_000_000;
/** Calls inside calls of WXS modules: far from the end of the browser's stack. */
export const WXS_DEPTH = 300;
/** Length of a text of a WXS module: one that doubles in a loop would soon fill the memory. */
export const WXS_TEXT = 1 << 20;
/** Elements of a list of a WXS module. */
export const WXS_ITEMS = 100_000;
/** Calls of requestAnimationFrame and timers of WXS modules of one page that wait. */
export const WXS_WAITING = 500;
/** Lines that the WXS modules of one page write to the log: a drag that logs must not fill the connection. */
export const WXS_LOG_LINES = 200;
/** Letters of such a line; the log cuts at the same length. */
export const WXS_LOG_CHARS = 4_000;
/** Tiles on one map: those of a tall screen at half a zoom step. */
export const MAP_TILES = 120;
/** A marker that travels takes a step this often. */
export const MAP_STEP_MS = 16;
/** How long a comment takes to cross a film. */
export const DANMU_MS = 6_000;
