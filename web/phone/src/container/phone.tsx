// What an app may ask of the phone, one case each: place, camera, files, contacts, other apps. The sheets
// load when they are first needed.

import { errorText } from "../kit/Feedback";
import { go, routes } from "../nav/routes";
import { api } from "../services";
import type { OpenApp } from "./app";
import { networkType } from "./device";
import { askBattery, batteryOf } from "./env";
import { actions, askFiles, confirm, pickFiles } from "./dialogs";
import { CallFailure, cancelled } from "./failure";
import { mediaURL } from "./images";
import { MAX_MESSAGE_FILES } from "./limits";
import { t } from "./texts";

type Args = Record<string, unknown>;
type Answer = (app: OpenApp, args: Args) => unknown;

const text = (value: unknown) => (value === undefined || value === null ? "" : String(value));

// --- Files -------------------------------------------------------------------------------------

/** A file that the host keeps for the app. */
interface KeptFile {
  path: string;
  size: number;
  name: string;
  mime: string;
}

export function keepFile(app: OpenApp, file: File): Promise<KeptFile> {
  const form = new FormData();
  form.append("app_id", app.info.id);
  form.append("file", file);
  return api.upload<KeptFile>("/app-files", form);
}

/** Keeps files, and tells the user when that cannot be. */
async function keepFiles(app: OpenApp, files: File[] | null): Promise<KeptFile[]> {
  if (!files || files.length === 0) throw cancelled();
  app.overlays.say(t("uploading"), { icon: "loading", mask: true, duration: null });
  try {
    const kept = await Promise.all(files.map((file) => keepFile(app, file)));
    app.overlays.hush();
    return kept;
  } catch (error) {
    app.overlays.say(errorText(error));
    throw error;
  }
}

function fileURL(app: OpenApp, path: unknown): string {
  const url = mediaURL(app.state.get().image, path);
  if (url === "") throw new CallFailure("file not found");
  return url;
}

/** Hands a file to the user: the browser saves or opens it. */
function hand(url: string, name: string | null): void {
  const link = document.createElement("a");
  link.href = url;
  link.rel = "noopener";
  if (name === null) link.target = "_blank";
  else link.download = name;
  link.click();
}

const save =
  (question: "savePicture" | "saveVideo" | "saveFile"): Answer =>
  async (app, { filePath }) => {
    const url = fileURL(app, filePath);
    // The tap is the user's consent, and the browser saves nothing without one.
    if ((await actions(app, [t(question)], "")) === null) throw cancelled();
    hand(url, text(filePath).split("/").pop() ?? "");
    return {};
  };

function hands(
  app: OpenApp,
  name: string,
  type: string,
  lines: (string | false)[],
): Promise<object> {
  return actions(app, [t("saveFile")], name).then((tap) => {
    if (tap === null) throw cancelled();
    const url = URL.createObjectURL(
      new Blob([lines.filter(Boolean).join("\r\n") + "\r\n"], { type }),
    );
    hand(url, name);
    // The browser reads it after this call.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    return {};
  });
}

/** A value of a vCard or a calendar: RFC 6350 and 5545 escape the same characters. */
const value = (given: unknown) =>
  text(given)
    .replace(/[\\,;]/g, "\\$&")
    .replace(/\r?\n/g, "\\n");

const addPhoneContact: Answer = (app, args) => {
  const name = [args.lastName, args.firstName, args.middleName].map(text).join(" ").trim();
  const phone = (kind: string, number: unknown) =>
    text(number) !== "" && `TEL;TYPE=${kind}:${value(number)}`;
  return hands(app, `${name || "contact"}.vcf`, "text/vcard", [
    "BEGIN:VCARD",
    "VERSION:3.0",
    `N:${value(args.lastName)};${value(args.firstName)};${value(args.middleName)};;`,
    `FN:${value(name)}`,
    text(args.nickName) !== "" && `NICKNAME:${value(args.nickName)}`,
    phone("CELL", args.mobilePhoneNumber),
    phone("HOME", args.homePhoneNumber),
    phone("WORK", args.workPhoneNumber),
    text(args.organization) !== "" && `ORG:${value(args.organization)}`,
    text(args.title) !== "" && `TITLE:${value(args.title)}`,
    text(args.email) !== "" && `EMAIL:${value(args.email)}`,
    text(args.url) !== "" && `URL:${value(args.url)}`,
    text(args.remark) !== "" && `NOTE:${value(args.remark)}`,
    "END:VCARD",
  ]);
};

const REPEATS: Record<string, string> = {
  day: "DAILY",
  week: "WEEKLY",
  month: "MONTHLY",
  year: "YEARLY",
};

const addPhoneCalendar: Answer = (app, args) => {
  const time = (seconds: unknown) =>
    new Date(Number(seconds) * 1000).toISOString().replace(/[-:]|\.\d+/g, "");
  const start = Number(args.startTime);
  if (!Number.isFinite(start) || start <= 0)
    throw new CallFailure("parameter error: parameter.startTime should be Number");
  const repeat = REPEATS[text(args.repeatInterval)];
  const until = args.repeatEndTime ? `;UNTIL=${time(args.repeatEndTime)}` : "";
  return hands(app, `${text(args.title) || "event"}.ics`, "text/calendar", [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Teahouse//EN",
    "BEGIN:VEVENT",
    `UID:${crypto.randomUUID()}`,
    `DTSTAMP:${time(Date.now() / 1000)}`,
    `DTSTART:${time(start)}`,
    `DTEND:${time(args.endTime ?? start + 3600)}`,
    `SUMMARY:${value(args.title)}`,
    text(args.description) !== "" && `DESCRIPTION:${value(args.description)}`,
    text(args.location) !== "" && `LOCATION:${value(args.location)}`,
    repeat !== undefined && `RRULE:FREQ=${repeat}${until}`,
    "END:VEVENT",
    "END:VCALENDAR",
  ]);
};

/** A medium that the browser has read as far as its sizes. */
function loaded<T extends HTMLElement>(element: T, event: string, src: string): Promise<T> {
  return new Promise((resolve, reject) => {
    element.addEventListener(event, () => resolve(element));
    element.addEventListener("error", () => reject(new CallFailure("file not found")));
    element.setAttribute("src", src);
  });
}

const getImageInfo: Answer = async (app, { src }) => {
  const url = fileURL(app, src);
  const image = await loaded(new Image(), "load", url);
  // What the host answers says the type; it is in the browser's cache.
  const type = await fetch(url, { credentials: "omit" }).then(
    (response) => response.headers.get("content-type") ?? "",
    () => "",
  );
  const [, kind = "unknown"] = /^image\/(jpeg|png|gif|webp)/.exec(type) ?? [];
  const { naturalWidth: width, naturalHeight: height } = image;
  return { width, height, path: text(src), orientation: "up", type: kind };
};

/** Facts about a video that can be known before it is played. */
async function videoInfo(app: OpenApp, src: unknown) {
  const video = document.createElement("video");
  await loaded(video, "loadedmetadata", fileURL(app, src));
  const { videoWidth: width, videoHeight: height, duration } = video;
  return { width, height, duration };
}

const getVideoInfo: Answer = async (app, { src }) => {
  const info = await videoInfo(app, src);
  return { ...info, orientation: "up", type: "mp4", size: 0, fps: 0, bitrate: 0 };
};

const compressImage: Answer = async (app, args) => {
  const image = await loaded(new Image(), "load", fileURL(app, args.src));
  const { naturalWidth, naturalHeight } = image;
  const wanted = Number(args.compressedWidth) || 0;
  const tall = Number(args.compressedHeight) || 0;
  const scale = wanted > 0 ? wanted / naturalWidth : tall > 0 ? tall / naturalHeight : 1;
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(naturalWidth * Math.min(1, scale)));
  canvas.height = Math.max(1, Math.round(naturalHeight * Math.min(1, scale)));
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  const quality = Math.min(100, Math.max(1, Number(args.quality ?? 80) || 80)) / 100;
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
  if (!blob) throw new CallFailure("system error");
  const { path } = await keepFile(app, new File([blob], "small.jpg", { type: "image/jpeg" }));
  return { tempFilePath: path };
};

const chooseVideo: Answer = async (app, args) => {
  const sources = Array.isArray(args.sourceType) ? args.sourceType : ["album", "camera"];
  const ways = (["camera", "album"] as const).filter((way) => sources.includes(way));
  const rows = ways.map((way) => (way === "camera" ? t("film") : t("album")));
  const facing = args.camera === "front" ? "user" : "environment";
  const files = await askFiles(app, rows, (way) =>
    pickFiles("video/*", 1, ways[way] === "camera" ? facing : null),
  );
  const [file] = await keepFiles(app, files?.slice(0, 1) ?? null);
  const info = await videoInfo(app, file!.path).catch(() => ({ width: 0, height: 0, duration: 0 }));
  return { tempFilePath: file!.path, size: file!.size, thumbTempFilePath: "", ...info };
};

const ACCEPTED: Record<string, string> = { image: "image/*", video: "video/*" };

const chooseMessageFile: Answer = async (app, args) => {
  const endings = Array.isArray(args.extension) ? args.extension.map((end) => `.${text(end)}`) : [];
  const accept = ACCEPTED[text(args.type)] ?? endings.join(",");
  const most = Math.min(MAX_MESSAGE_FILES, Math.max(1, Number(args.count) || 1));
  const files = await askFiles(app, [t("chooseFile")], () => pickFiles(accept, most, null));
  const kept = await keepFiles(app, files?.slice(0, most) ?? null);
  return {
    tempFiles: kept.map(({ path, size, name, mime }) => ({
      path,
      size,
      name,
      type: /^(image|video)\//.exec(mime)?.[1] ?? "file",
      time: Math.floor(Date.now() / 1000),
    })),
  };
};

const previewMedia: Answer = async (app, args) => {
  const sources = Array.isArray(args.sources) ? (args.sources as Args[]) : [];
  const { image } = app.state.get();
  const media = sources.map(({ url, type }) => ({
    url: mediaURL(image, url),
    video: type === "video",
  }));
  const { Preview } = await import("./sheets/Preview");
  void app.overlays.ask<null>((close) => ({
    drop: () => close(null),
    view: () => (
      <Preview
        pictures={media.map(({ url }) => url)}
        videos={new Set(media.filter(({ video }) => video).map(({ url }) => url))}
        current={Number(args.current) || 0}
        onClose={() => close(null)}
      />
    ),
  }));
};

// --- Places ------------------------------------------------------------------------------------

const openLocation: Answer = async (app, args) => {
  const { PlaceSheet } = await import("./sheets/PlaceSheet");
  const place = {
    latitude: Number(args.latitude),
    longitude: Number(args.longitude),
    name: text(args.name),
    address: text(args.address),
  };
  if (!Number.isFinite(place.latitude) || !Number.isFinite(place.longitude))
    throw new CallFailure("parameter error: latitude and longitude should be Number");
  await app.overlays.ask<null>((close) => ({
    drop: () => close(null),
    view: () => <PlaceSheet place={place} onClose={() => close(null)} />,
  }));
};

const chooseLocation: Answer = async (app, args) => {
  const { ChoosePlaceSheet } = await import("./sheets/PlaceSheet");
  const chosen = await app.overlays.ask<object>((close) => ({
    drop: () => close(null),
    view: () => (
      <ChoosePlaceSheet
        latitude={Number(args.latitude ?? NaN)}
        longitude={Number(args.longitude ?? NaN)}
        onAnswer={close}
      />
    ),
  }));
  if (!chosen) throw cancelled();
  return chosen;
};

// --- Camera, contacts, other apps --------------------------------------------------------------

const scanCode: Answer = async (app, args) => {
  const { ScanSheet } = await import("./sheets/ScanSheet");
  const found = await app.overlays.ask<{ result: string; scanType: string }>((close) => ({
    drop: () => close(null),
    view: () => <ScanSheet pictures={args.onlyFromCamera !== true} onAnswer={close} />,
  }));
  if (!found) throw cancelled();
  return { ...found, path: "" };
};

const chooseContact: Answer = async (app) => {
  type Picker = { select(fields: string[]): Promise<{ name?: string[]; tel?: string[] }[]> };
  const { contacts } = navigator as { contacts?: Picker };
  if (!contacts) throw new CallFailure("not supported");
  if ((await actions(app, [t("chooseContact")], "")) === null) throw cancelled();
  const [contact] = await contacts.select(["name", "tel"]);
  if (!contact) throw cancelled();
  const [displayName = ""] = contact.name ?? [];
  const [phoneNumber = ""] = contact.tel ?? [];
  return { displayName, phoneNumber, phoneNumberList: contact.tel ?? [] };
};

const chooseAddress: Answer = async (app) => {
  const { AddressSheet } = await import("./sheets/AddressSheet");
  const address = await app.overlays.ask<object>((close) => ({
    drop: () => close(null),
    view: () => <AddressSheet onAnswer={close} />,
  }));
  if (!address) throw cancelled();
  return address;
};

const sendSms: Answer = async (app, args) => {
  const number = text(args.phoneNumber).replace(/[^\d+]/g, "");
  if ((await actions(app, [t("message", { number })], "")) === null) throw cancelled();
  location.href = `sms:${number}?body=${encodeURIComponent(text(args.content))}`;
};

const getBatteryInfo: Answer = async () => {
  const battery = await askBattery();
  if (!battery) throw new CallFailure("not supported");
  const { level, charging } = batteryOf(battery);
  return { level, isCharging: charging, isLowPowerModeEnabled: false };
};

const openProgram: Answer = async (app, args) => {
  const id = text(args.appId);
  const found = await api
    .get<{ name: string }>(`/apps/${encodeURIComponent(id)}`)
    .catch(() => null);
  if (!found) throw new CallFailure("appId is not found");
  if (!(await confirm(app, t("openOther", { name: found.name }), t("open")))) throw cancelled();
  go(routes.app(id, { path: text(args.path).replace(/^\//, "") || null, scene: FROM_PROGRAM }));
};

/** The vendor's number for "opened from another mini program". */
const FROM_PROGRAM = 1037;

const openAccount =
  (to: (id: string) => string): Answer =>
  (app) => {
    const { account } = app.info;
    if (!account) throw new CallFailure("the account is not known");
    go(to(account.id));
  };

/** Every call about the phone that the shell knows. */
export const PHONE: Record<string, Answer> = {
  startSensor: (app, args) => app.device.startSensor(text(args.sensor), text(args.interval)),
  stopSensor: (app, args) => app.device.stopSensor(text(args.sensor)),
  // The host lets these pass only after the user has allowed it.
  getLocation: (app, args) => app.device.location(text(args.type), args.isHighAccuracy === true),
  startLocationUpdate: (app, args) => app.device.startLocation(text(args.type)),
  stopLocationUpdate: (app) => app.device.stopLocation(),
  startRecord: (app, args) => app.recorder.start(Number(args.duration)),
  pauseRecord: (app) => app.recorder.pause(),
  resumeRecord: (app) => app.recorder.resume(),
  stopRecord: (app) => app.recorder.stop(),
  audio: (app, args) => app.players.tell(args),
  getNetworkType: () => ({
    networkType: networkType(),
    isConnected: navigator.onLine,
    hasSystemProxy: false,
    weakNet: false,
  }),
  getBatteryInfo,
  openLocation,
  chooseLocation,
  scanCode,
  sendSms,
  addPhoneContact,
  addPhoneCalendar,
  addPhoneRepeatCalendar: addPhoneCalendar,
  chooseContact,
  chooseAddress,
  chooseVideo,
  chooseMessageFile,
  getImageInfo,
  getVideoInfo,
  compressImage,
  previewMedia,
  showShareImageMenu: save("savePicture"),
  saveImageToPhotosAlbum: save("savePicture"),
  saveVideoToPhotosAlbum: save("saveVideo"),
  saveFileToDisk: save("saveFile"),
  openDocument: async (app, { filePath }) => {
    const url = fileURL(app, filePath);
    if ((await actions(app, [t("openFile")], "")) === null) throw cancelled();
    hand(url, null);
  },
  navigateToMiniProgram: openProgram,
  openEmbeddedMiniProgram: openProgram,
  openOfficialAccountProfile: openAccount(routes.account),
  openOfficialAccountChat: openAccount(routes.account),
  openCustomerServiceChat: openAccount(routes.account),
};
