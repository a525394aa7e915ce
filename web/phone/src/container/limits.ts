// Every limit and measure of the mini-program container, with its reason.

/** An app that answers sooner is shown without a launch screen: a screen that flashes up looks slower. */
export const LAUNCH_AFTER_MS = 300;
/** Length of the slide between pages; the style sheet has the same. */
export const SLIDE_MS = 300;
/** Page frames that are kept on the stack at most; the engine has the same bound. */
export const MAX_PAGES = 10;
/** Height of the navigation bar without the status bar. */
export const NAV_HEIGHT = 44;
/** Height of the tab bar without the safe area. */
export const TAB_HEIGHT = 50;
/** How long a connection may be broken before the user is told. */
export const SILENT_RECONNECT_MS = 600;
/** After so many tries the page for failures is shown, with a button. */
export const RECONNECT_TRIES = 8;
/** No opened frame within this time is a failure: even a cold worker takes a fraction. */
export const OPEN_TIMEOUT_MS = 15_000;
/** After this long without a message the shell sends a ping. */
export const PING_AFTER_MS = 20_000;
/** The answer must come within this; so a broken connection is noticed within 30 s. */
export const PONG_WAIT_MS = 8_000;
/** Log lines kept in the panel of development versions. */
export const LOG_LINES = 300;
/** Structures and styles kept in memory over all apps; the browser's cache has the rest. */
export const CACHED_FILES = 200;
/** How often the state of an order is requested when the answer to a payment was lost. */
export const ORDER_POLL_MS = 2_000;
export const ORDER_POLLS = 30;
/** Most pictures of one wx.chooseImage, as in the vendor's app. */
export const MAX_IMAGES = 9;
/** Fonts that an app may have on all its pages: each is loaded again by each frame. */
export const MAX_FONTS = 8;
/** A view that is this much lower (CSS px) than its window has a keyboard under it. */
export const KEYBOARD_LEAST_PX = 60;
/** How long the phone may take to find its place. */
export const LOCATION_WAIT_MS = 15_000;
/** Longest recording, as in the vendor's app. */
export const MAX_RECORDING_MS = 600_000;
/** Most files of one wx.chooseMessageFile, as in the vendor's app. */
export const MAX_MESSAGE_FILES = 100;
/** Time between two searches for a code in the camera's picture: one takes a cheap phone 50 ms. */
export const SCAN_EVERY_MS = 150;
/** Between two pictures of a camera to its page, and how wide they are: enough to aim by. */
export const CAMERA_EVERY_MS = 50;
export const CAMERA_WIDTH = 640;
/** What the page of a web-view may post to its program before it is left, and how long each may be. */
export const WEB_MESSAGES = 100;
export const WEB_MESSAGE_CHARS = 20_000;
/** Most templates in one question about subscriptions. */
export const MAX_TEMPLATES = 3;
/** Events that may wait for a connection; older taps are of no use any more. */
export const WAITING_FRAMES = 32;
