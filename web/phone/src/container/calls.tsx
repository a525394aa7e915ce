// What an app may ask of the shell, one case each. Everything that the user must be able to trust
// is drawn here, outside of the app's frame.

import { copyText } from "../kit/copy";
import { errorText } from "../kit/Feedback";
import { readPicture, UnreadablePicture } from "../kit/picture";
import { api } from "../services";
import { currentUser } from "../state/session";
import type { Media, Order } from "../../../shared/types";
import { COMMANDS } from "../../../shared/protocol";
import type { OpenApp } from "./app";
import type { TabState } from "./bars";
import { barText } from "./bars";
import { colour, opaque } from "./colour";
import { actions, askFiles, confirm, pickFiles } from "./dialogs";
import { CallFailure, cancelled } from "./failure";
import { assetURL, mediaURL } from "./images";
import { MAX_IMAGES, MAX_TEMPLATES } from "./limits";
import type { PageView } from "./pages";
import { keepFile, PHONE } from "./phone";
import { ConsentSheet, type Scope } from "./sheets/ConsentSheet";
import { Dialog } from "./sheets/Dialogs";
import { PaySheet } from "./sheets/PaySheet";
import { Preview } from "./sheets/Preview";
import { ShareSheet } from "./sheets/ShareSheet";
import { SubscribeSheet, type Template } from "./sheets/SubscribeSheet";
import { t } from "./texts";

type Args = Record<string, unknown>;

const text = (value: unknown, otherwise = "") =>
  value === undefined || value === null ? otherwise : String(value);

type Answer = (app: OpenApp, args: Args) => unknown;

export async function answer(app: OpenApp, name: string, args: Args): Promise<unknown> {
  const known = Object.hasOwn(ANSWERS, name) ? ANSWERS[name] : undefined;
  if (!known) throw new CallFailure("not supported");
  return (await known(app, args)) ?? {};
}

// --- Bars --------------------------------------------------------------------------------------

function pageOf(app: OpenApp, args: Args): PageView {
  const page = typeof args.page === "number" ? app.pages.slotOf(args.page)?.page : app.pages.top;
  if (!page) throw new CallFailure("page is gone");
  return page;
}

/** An answer that changes something of a page that the shell draws or keeps. */
function onPage(change: (args: Args, page: PageView) => Partial<PageView>): Answer {
  return (app, args) => {
    const page = pageOf(app, args);
    app.pages.change(page.id, change(args, page));
  };
}

const PAGE: Record<string, Answer> = {
  setNavigationBarTitle: onPage((args) => ({ title: text(args.title) })),
  setNavigationBarColor: onPage((args, page) => ({
    foreground: barText(text(args.frontColor)),
    background: opaque(args.backgroundColor) ?? page.background,
  })),
  showNavigationBarLoading: onPage(() => ({ busy: true })),
  hideNavigationBarLoading: onPage(() => ({ busy: false })),
  hideHomeButton: onPage((_, page) => ({ config: { ...page.config, homeButton: false } })),
  enableAlertBeforeUnload: onPage((args) => ({ alert: text(args.message) })),
  disableAlertBeforeUnload: onPage(() => ({ alert: null })),
  showShareMenu: onPage(() => ({ shareHidden: false })),
  hideShareMenu: onPage((args) => {
    // There is one way to share here; an app may also name others.
    const meant = !Array.isArray(args.menus) || args.menus.includes("shareAppMessage");
    return meant ? { shareHidden: true } : {};
  }),
};

/** An answer that changes the tab at `index`. */
function onTab(change: (args: Args) => TabState): Answer {
  return (app, args) => app.bars.changeTab(Number(args.index ?? -1), change(args));
}

/** The named arguments that have a value. */
function given(args: Args, names: string[], read: (value: unknown) => string | undefined = text) {
  const pairs = names.map((name) => [name, args[name] ? read(args[name]) : ""] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value));
}

/** Numbers beyond two digits are not counted; other texts keep the four characters that fit. */
function badge(label: string): string {
  return /^\d{3,}$/.test(label) ? "99+" : [...label].slice(0, 4).join("");
}

const TABS: Record<string, Answer> = {
  setTabBarBadge: onTab((args) => ({ badge: badge(text(args.text)), dot: false })),
  removeTabBarBadge: onTab(() => ({ badge: undefined })),
  showTabBarRedDot: onTab(() => ({ dot: true, badge: undefined })),
  hideTabBarRedDot: onTab(() => ({ dot: false })),
  setTabBarItem: onTab((args) => given(args, ["text", "iconPath", "selectedIconPath"])),
  setTabBarStyle: (app, args) =>
    app.bars.changeStyle({
      ...given(args, ["color", "selectedColor", "backgroundColor"], colour),
      ...given(args, ["borderStyle"]),
    }),
  showTabBar: (app) => app.bars.change({ shown: true }),
  hideTabBar: (app) => app.bars.change({ shown: false }),
};

/** Commands that are answered when they are done. */
const ASKED = new Set([
  "animate",
  "canvasGetImageData",
  "clearAnimation",
  "getSelectedTextRange",
  "selectorQuery",
]);

/** Questions that only the page's own frame can answer. */
const FRAME: Record<string, Answer> = Object.fromEntries(
  COMMANDS.map((name) => [
    name,
    (app: OpenApp, args: Args) => {
      const { frame } = app.pages.slotOf(pageOf(app, args).id)!;
      if (ASKED.has(name)) return frame.ask(name, args);
      frame.command(name, args);
      return {};
    },
  ]),
);

/** A font for one page, or for all of them, those that come later too. */
function loadFontFace(app: OpenApp, args: Args): Promise<unknown> {
  if (args.global === true) app.pages.useFont(args);
  return app.pages.slotOf(pageOf(app, args).id)!.frame.ask("loadFontFace", args);
}

/** A picture of a canvas: the frame makes it, and the shell keeps it as the app's file. */
async function canvasToTempFilePath(app: OpenApp, args: Args): Promise<unknown> {
  const { frame } = app.pages.slotOf(pageOf(app, args).id)!;
  const { blob } = (await frame.ask("canvasToTempFilePath", args)) as { blob: Blob };
  const name = `canvas.${args.fileType === "jpg" ? "jpg" : "png"}`;
  const { path } = await upload(new File([blob], name, { type: blob.type }));
  return { tempFilePath: path };
}

/** What takes a picture with the camera. */
const PHOTOS = new Set(["camera takePhoto", "live-pusher snapshot"]);

/** What a context asks of its element. A picture that comes of it becomes the app's file. */
async function elementContext(app: OpenApp, args: Args): Promise<unknown> {
  if (args.method === "openMapApp") {
    const [place] = (Array.isArray(args.args) ? args.args : []) as Args[];
    return PHONE.openLocation!(app, { ...place, name: place?.destination });
  }
  const { id } = pageOf(app, args);
  const { frame } = app.pages.slotOf(id)!;
  // The camera is here; its element only shows what it sees.
  const [options] = (Array.isArray(args.args) ? args.args : []) as Args[];
  const { blob, ...result } = PHOTOS.has(`${text(args.tag)} ${text(args.method)}`)
    ? { blob: await app.camera.photo(id, options?.quality) }
    : ((await frame.ask("elementContext", args)) as { blob?: Blob });
  if (!blob) return result;
  const kind = blob.type.split("/")[1] ?? "jpeg";
  const { path } = await keepFile(app, new File([blob], `picture.${kind}`, { type: blob.type }));
  return { ...result, tempImagePath: path };
}

// --- Small things ------------------------------------------------------------------------------

const hush: Answer = (app) => app.overlays.hush();
const vibrate =
  (ms: number): Answer =>
  () => {
    navigator.vibrate?.(ms);
  };

const DEVICE: Record<string, Answer> = {
  showToast: (app, args) =>
    app.overlays.say(text(args.title), {
      icon: text(args.icon, "success"),
      image: assetURL(app.state.get().image, args.image),
      mask: args.mask === true,
      duration: Math.min(60_000, Number(args.duration ?? 1500) || 1500),
    }),
  showLoading: (app, args) =>
    app.overlays.say(text(args.title), {
      icon: "loading",
      mask: args.mask === true,
      duration: null,
    }),
  hideToast: hush,
  hideLoading: hush,
  setClipboardData: async (app, args) => {
    await copyText(text(args.data));
    app.overlays.say(t("copied"), { icon: "success" });
  },
  getClipboardData: async (app) => {
    if (!(await confirm(app, t("readClipboard", { name: app.info.name }), t("allow"))))
      throw cancelled();
    // Browsers offer it only over HTTPS.
    if (!navigator.clipboard) throw new CallFailure("not supported");
    return { data: await navigator.clipboard.readText() };
  },
  makePhoneCall: async (app, args) => {
    const number = text(args.phoneNumber).replace(/[^\d+*#]/g, "");
    const tap = await actions(app, [t("call", { number })], "");
    if (tap === null) throw cancelled();
    location.href = `tel:${number}`;
  },
  setKeepScreenOn: (app, args) => app.screen.keepOn(args.keepScreenOn === true),
  vibrateShort: vibrate(15),
  vibrateLong: vibrate(400),
  exit: (app) => app.exit(),
};

// --- Dialogs -----------------------------------------------------------------------------------

async function showModal(app: OpenApp, args: Args): Promise<unknown> {
  const answered = await app.overlays.ask<{ confirm: boolean; content: string }>((close) => ({
    drop: () => close(null),
    view: () => (
      <Dialog
        title={text(args.title)}
        text={text(args.content)}
        cancel={args.showCancel === false ? null : text(args.cancelText) || t("cancel")}
        confirm={text(args.confirmText) || t("ok")}
        cancelColor={colour(args.cancelColor)}
        confirmColor={colour(args.confirmColor)}
        editable={args.editable === true}
        placeholder={text(args.placeholderText)}
        onAnswer={close}
      />
    ),
  }));
  const confirm = answered?.confirm ?? false;
  return {
    confirm,
    cancel: !confirm,
    ...(args.editable === true && confirm ? { content: answered!.content } : {}),
  };
}

async function showActionSheet(app: OpenApp, args: Args): Promise<unknown> {
  const rows = Array.isArray(args.itemList) ? args.itemList.map((row) => text(row)) : [];
  const tapIndex = await actions(app, rows, text(args.alertText), colour(args.itemColor));
  if (tapIndex === null) throw cancelled();
  return { tapIndex };
}

// --- Consent, messages, money ------------------------------------------------------------------

async function authorize(app: OpenApp, args: Args): Promise<unknown> {
  const allowed = await app.overlays.ask<boolean>((close) => ({
    drop: () => close(null),
    view: () => (
      <ConsentSheet
        app={app.info}
        scope={text(args.scope) as Scope}
        purpose={text(args.purpose)}
        onAnswer={close}
      />
    ),
  }));
  if (!allowed) throw new CallFailure("deny");
  return {};
}

async function subscribe(app: OpenApp, args: Args): Promise<unknown> {
  const templates = (Array.isArray(args.templates) ? (args.templates as Template[]) : []).slice(
    0,
    MAX_TEMPLATES,
  );
  const result = await app.overlays.ask<Record<string, unknown>>((close) => ({
    drop: () => close(null),
    view: () => <SubscribeSheet app={app.info} templates={templates} onAnswer={close} />,
  }));
  return (
    result ?? { ...Object.fromEntries(templates.map(({ id }) => [id, "reject"])), always: false }
  );
}

async function pay(app: OpenApp, order: Order): Promise<unknown> {
  // A user who leaves by the capsule after a payment has still paid.
  const standing = { outcome: "cancel" };
  const outcome = await app.overlays.ask<string>((close) => ({
    drop: () => close(standing.outcome),
    view: () => <PaySheet order={order} standing={standing} onAnswer={close} />,
  }));
  if (outcome === "paid") return {};
  throw new CallFailure(outcome ?? "cancel");
}

// --- Sharing and pictures ----------------------------------------------------------------------

async function share(app: OpenApp, args: Args): Promise<unknown> {
  const card = {
    app_id: app.info.id,
    title: text(args.title) || app.info.name,
    path: text(args.path),
    image_url: assetURL(app.state.get().image, args.imageUrl) || null,
  };
  const sent = await app.overlays.ask<boolean>((close) => ({
    drop: () => close(null),
    view: () => <ShareSheet app={app.info} card={card} onAnswer={close} />,
  }));
  if (!sent) throw cancelled();
  app.overlays.say(t("sent"), { icon: "success" });
  return {};
}

async function preview(app: OpenApp, args: Args): Promise<unknown> {
  const urls = Array.isArray(args.urls) ? args.urls : [];
  const pictures = urls.map((url) => mediaURL(app.state.get().image, url));
  const current =
    typeof args.current === "number" ? args.current : Math.max(0, urls.indexOf(args.current));
  void app.overlays.ask<null>((close) => ({
    drop: () => close(null),
    view: () => <Preview pictures={pictures} current={current} onClose={() => close(null)} />,
  }));
  return {};
}

async function chooseImage(app: OpenApp, args: Args): Promise<unknown> {
  const sources = Array.isArray(args.sourceType) ? args.sourceType : ["album", "camera"];
  const most = Math.min(MAX_IMAGES, Math.max(1, Number(args.count ?? MAX_IMAGES) || MAX_IMAGES));
  const ways = (["camera", "album"] as const).filter((way) => sources.includes(way));
  // A button that asks for a picture of the user offers the one that they have here.
  const own = args.own === true ? currentUser()?.avatar_url : null;
  const rows = [...(own ? [t("ownPicture")] : []), ...ways.map((way) => t(way))];
  const files = await askFiles(app, rows, (row) => {
    if (own && row === 0) return copyOf(own);
    const way = ways[own ? row - 1 : row];
    return pickFiles("image/*", most, way === "camera" ? "environment" : null);
  });
  if (!files || files.length === 0) throw cancelled();
  app.overlays.say(t("uploading"), { icon: "loading", mask: true, duration: null });
  try {
    const stored = await Promise.all(files.slice(0, most).map((file) => upload(file)));
    app.overlays.hush();
    return { tempFilePaths: stored.map(({ path }) => path), tempFiles: stored };
  } catch (error) {
    // The app gets a code; the user is told what to do.
    app.overlays.say(
      error instanceof UnreadablePicture ? t("pictureUnreadable") : errorText(error),
    );
    throw error instanceof UnreadablePicture ? new CallFailure("not a picture") : error;
  }
}

/** A picture again as a file: its own address would tell one program what another knows the user by. */
async function copyOf(url: string): Promise<File[]> {
  const answered = await fetch(url);
  if (!answered.ok) return [];
  const picture = await answered.blob();
  return [new File([picture], "avatar", { type: picture.type })];
}

async function upload(file: File): Promise<{ path: string; size: number }> {
  const form = new FormData();
  form.append("file", await readPicture(file));
  const media = await api.upload<Media>("/media", form);
  return { path: new URL(media.url, location.origin).href, size: media.size };
}

/** Every call that the shell knows. The engine's list of names is tested against it. */
export const ANSWERS: Record<string, Answer> = {
  ...PAGE,
  ...TABS,
  ...FRAME,
  ...DEVICE,
  ...PHONE,
  showModal,
  showActionSheet,
  // Asked by the host, never by an app.
  authorize,
  requestSubscribeMessage: subscribe,
  requestPayment: (app, args) => pay(app, args.order as Order),
  shareAppMessage: share,
  previewImage: preview,
  chooseImage,
  canvasToTempFilePath,
  elementContext,
  loadFontFace,
};
