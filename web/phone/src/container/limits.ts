// Every limit and measure of the mini-program container, with its reason.

/** An app that answers sooner is shown without a launch screen: a flash would feel slower. */
export const LAUNCH_AFTER_MS = 300;
/** Length of the slide between pages; the style sheet has the same. */
export const SLIDE_MS = 300;
/** Page frames that are kept on the stack at most; the engine has the same bound. */
export const MAX_PAGES = 10;
/** Height of the navigation bar without the status bar. */
export const NAV_HEIGHT = 44;
/** Height of the tab bar without the safe area. */
export const TAB_HEIGHT = 50;
/** How long a line may be down before the user is told. */
export const SILENT_RECONNECT_MS = 600;
/** Tries after which the app is given up and the failure page offers a button. */
export const RECONNECT_TRIES = 8;
/** No opened frame within this time is a failure: even a cold worker takes a fraction. */
export const OPEN_TIMEOUT_MS = 15_000;
/** A session from which nothing came for this long is asked whether its line still holds. */
export const PING_AFTER_MS = 20_000;
/** The answer must come within this; with the wait before it a dead line is noticed in 30 s. */
export const PONG_WAIT_MS = 8_000;
/** Log lines kept in the panel of development versions. */
export const LOG_LINES = 300;
/** Structures and styles kept in memory over all apps; the browser's cache has the rest. */
export const CACHED_FILES = 200;
/** How often the state of an order is asked for when the answer to a payment got lost. */
export const ORDER_POLL_MS = 2_000;
export const ORDER_POLLS = 30;
/** Most pictures of one wx.chooseImage, as in the vendor's app. */
export const MAX_IMAGES = 9;
/** Most templates in one question about subscriptions. */
export const MAX_TEMPLATES = 3;
/** Events that may wait for a line that is coming up; older taps mean nothing any more. */
export const WAITING_FRAMES = 32;
