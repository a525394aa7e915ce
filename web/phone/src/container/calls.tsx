// What an app may ask of the shell, one case each. Everything that the user must believe is drawn
// here, outside of the app's frame.

import type { JSX } from "preact";
import { copyText } from "../kit/copy";
import { errorText } from "../kit/Feedback";
import { readPicture, UnreadablePicture } from "../kit/picture";
import { api } from "../services";
import type { Media, Order } from "../../../shared/types";
import { COMMANDS } from "../../../view/src/protocol";
import type { OpenApp, PageView, TabState } from "./app";
import { colour, opaque } from "./colour";
import { CallFailure, cancelled } from "./failure";
import { assetURL } from "./images";
import { MAX_IMAGES, MAX_TEMPLATES } from "./limits";
import { ConsentSheet, type Scope } from "./sheets/ConsentSheet";
import { ActionSheet, Dialog } from "./sheets/Dialogs";
import { PaySheet } from "./sheets/PaySheet";
import { Preview } from "./sheets/Preview";
import { ShareSheet } from "./sheets/ShareSheet";
import { SubscribeSheet, type Template } from "./sheets/SubscribeSheet";
import { t } from "./texts";

export interface Overlay {
  key: number;
  /** It is what the capsule opens. */
  isMenu?: boolean;
  view: () => JSX.Element;
  /** Closes it without an answer, because the user has left the app. */
  drop: () => void;
}

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
  const page = typeof args.page === "number" ? app.slotOf(args.page)?.page : app.top;
  if (!page) throw new CallFailure("page is gone");
  return page;
}

/** An answer that changes something of a page that the shell draws or keeps. */
function onPage(change: (page: PageView, args: Args) => void): Answer {
  return (app, args) => {
    change(pageOf(app, args), args);
    app.changed();
  };
}

const PAGE: Record<string, Answer> = {
  setNavigationBarTitle: onPage((page, args) => (page.title = text(args.title))),
  setNavigationBarColor: onPage((page, args) => {
    page.foreground = text(args.frontColor).toLowerCase() === "#ffffff" ? "#ffffff" : "#000000";
    page.background = opaque(args.backgroundColor) ?? page.background;
  }),
  showNavigationBarLoading: onPage((page) => (page.busy = true)),
  hideNavigationBarLoading: onPage((page) => (page.busy = false)),
  hideHomeButton: onPage((page) => (page.config = { ...page.config, homeButton: false })),
  enableAlertBeforeUnload: onPage((page, args) => (page.alert = text(args.message))),
  disableAlertBeforeUnload: onPage((page) => (page.alert = null)),
  showShareMenu: onPage((page) => (page.shareHidden = false)),
  hideShareMenu: onPage((page, args) => {
    // There is one way to share here; an app may also name others.
    if (!Array.isArray(args.menus) || args.menus.includes("shareAppMessage"))
      page.shareHidden = true;
  }),
};

/** An answer that changes the tab at `index`. */
function onTab(change: (args: Args) => TabState): Answer {
  return (app, args) => {
    const index = Number(args.index ?? -1);
    app.tabs = app.tabs.map((tab, i) => (i === index ? { ...tab, ...change(args) } : tab));
    app.changed();
  };
}

function onTabBar(change: (app: OpenApp, args: Args) => void): Answer {
  return (app, args) => {
    change(app, args);
    app.changed();
  };
}

/** The named arguments that say something. */
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
  setTabBarStyle: onTabBar((app, args) => {
    const colours = given(args, ["color", "selectedColor", "backgroundColor"], colour);
    app.tabBarStyle = { ...app.tabBarStyle, ...colours, ...given(args, ["borderStyle"]) };
  }),
  showTabBar: onTabBar((app) => (app.tabBarShown = true)),
  hideTabBar: onTabBar((app) => (app.tabBarShown = false)),
};

/** Questions that only the page's own frame can answer. */
const FRAME: Record<string, Answer> = Object.fromEntries(
  COMMANDS.map((name) => [
    name,
    (app: OpenApp, args: Args) => {
      const { frame } = app.slotOf(pageOf(app, args).id)!;
      if (name === "selectorQuery") return frame.ask(name, args);
      frame.command(name, args);
      return {};
    },
  ]),
);

// --- Small things ------------------------------------------------------------------------------

const hush: Answer = (app) => app.hush();
const vibrate =
  (ms: number): Answer =>
  () => {
    navigator.vibrate?.(ms);
  };

const DEVICE: Record<string, Answer> = {
  showToast: (app, args) =>
    app.say(text(args.title), {
      icon: text(args.icon, "success"),
      image: assetURL(app.image, args.image),
      mask: args.mask === true,
      duration: Math.min(60_000, Number(args.duration ?? 1500) || 1500),
    }),
  showLoading: (app, args) =>
    app.say(text(args.title), { icon: "loading", mask: args.mask === true, duration: null }),
  hideToast: hush,
  hideLoading: hush,
  setClipboardData: async (app, args) => {
    await copyText(text(args.data));
    app.say(t("copied"), { icon: "success" });
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
  setKeepScreenOn: (app, args) => app.keepScreenOn(args.keepScreenOn === true),
  vibrateShort: vibrate(15),
  vibrateLong: vibrate(400),
  exit: (app) => app.exit(),
};

// --- Dialogs -----------------------------------------------------------------------------------

async function showModal(app: OpenApp, args: Args): Promise<unknown> {
  const answered = await app.ask<{ confirm: boolean; content: string }>((close) => ({
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

export async function confirm(app: OpenApp, question: string, action: string): Promise<boolean> {
  const answered = await app.ask<{ confirm: boolean }>((close) => ({
    drop: () => close(null),
    view: () => (
      <Dialog title="" text={question} cancel={t("cancel")} confirm={action} onAnswer={close} />
    ),
  }));
  return answered?.confirm ?? false;
}

function actions(
  app: OpenApp,
  rows: string[],
  title: string,
  color?: string,
): Promise<number | null> {
  return app.ask<number>((close) => ({
    drop: () => close(null),
    view: () => <ActionSheet title={title} rows={rows} color={color} onAnswer={close} />,
  }));
}

async function showActionSheet(app: OpenApp, args: Args): Promise<unknown> {
  const rows = Array.isArray(args.itemList)
    ? args.itemList.map((row) => text(row)).slice(0, 20)
    : [];
  const tapIndex = await actions(app, rows, text(args.alertText), colour(args.itemColor));
  if (tapIndex === null) throw cancelled();
  return { tapIndex };
}

// --- Consent, messages, money ------------------------------------------------------------------

async function authorize(app: OpenApp, args: Args): Promise<unknown> {
  const allowed = await app.ask<boolean>((close) => ({
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
  const result = await app.ask<Record<string, unknown>>((close) => ({
    drop: () => close(null),
    view: () => <SubscribeSheet app={app.info} templates={templates} onAnswer={close} />,
  }));
  return (
    result ?? { ...Object.fromEntries(templates.map(({ id }) => [id, "reject"])), always: false }
  );
}

async function pay(app: OpenApp, order: Order): Promise<unknown> {
  // Whoever leaves by the capsule after a payment has paid all the same.
  const standing = { outcome: "cancel" };
  const outcome = await app.ask<string>((close) => ({
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
    image_url: assetURL(app.image, args.imageUrl) || null,
  };
  const sent = await app.ask<boolean>((close) => ({
    drop: () => close(null),
    view: () => <ShareSheet app={app.info} card={card} onAnswer={close} />,
  }));
  if (!sent) throw cancelled();
  app.say(t("sent"), { icon: "success" });
  return {};
}

async function preview(app: OpenApp, args: Args): Promise<unknown> {
  const urls = Array.isArray(args.urls) ? args.urls : [];
  const pictures = urls.map((url) => assetURL(app.image, url));
  const current =
    typeof args.current === "number" ? args.current : Math.max(0, urls.indexOf(args.current));
  void app.ask<null>((close) => ({
    drop: () => close(null),
    view: () => <Preview pictures={pictures} current={current} onClose={() => close(null)} />,
  }));
  return {};
}

async function chooseImage(app: OpenApp, args: Args): Promise<unknown> {
  const sources = Array.isArray(args.sourceType) ? args.sourceType : ["album", "camera"];
  const most = Math.min(MAX_IMAGES, Math.max(1, Number(args.count ?? MAX_IMAGES) || MAX_IMAGES));
  const ways = (["camera", "album"] as const).filter((way) => sources.includes(way));
  // The browser opens its chooser only from a tap in this document, which the sheet provides.
  const files = await app.ask<File[]>((close) => ({
    drop: () => close(null),
    view: () => (
      <ActionSheet
        title=""
        rows={ways.map((way) => t(way))}
        onAnswer={(index) =>
          index === null
            ? close(null)
            : pickFiles(most, ways[index] === "camera").then(close, () => close(null))
        }
      />
    ),
  }));
  if (!files || files.length === 0) throw cancelled();
  app.say(t("uploading"), { icon: "loading", mask: true, duration: null });
  try {
    const stored = await Promise.all(files.slice(0, most).map((file) => upload(file)));
    app.hush();
    return { tempFilePaths: stored.map(({ path }) => path), tempFiles: stored };
  } catch (error) {
    // The app gets a code; the user is told what to do.
    app.say(error instanceof UnreadablePicture ? t("pictureUnreadable") : errorText(error));
    throw error instanceof UnreadablePicture ? new CallFailure("not a picture") : error;
  }
}

function pickFiles(most: number, camera: boolean): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = "image/*";
    input.multiple = most > 1 && !camera;
    if (camera) input.setAttribute("capture", "environment");
    input.onchange = () => resolve([...(input.files ?? [])]);
    input.oncancel = () => resolve([]);
    input.click();
  });
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
  showModal,
  showActionSheet,
  // Asked by the host, never by an app.
  authorize,
  requestSubscribeMessage: subscribe,
  requestPayment: (app, args) => pay(app, args.order as Order),
  shareAppMessage: share,
  previewImage: preview,
  chooseImage,
};
