// Structures and styles of pages, and the view script of their frames. They are named by the hash of
// their release or of their content, so what was fetched once never changes.

import { CACHED_FILES } from "./limits";
import type { FrameFiles, FrameNeeds, Structure } from "../../../shared/protocol";

const files = new Map<string, Promise<unknown>>();

function once<T>(url: string, read: (response: Response) => Promise<T>): Promise<T> {
  let file = files.get(url) as Promise<T> | undefined;
  if (!file) {
    file = fetch(url, { credentials: "omit" }).then((response) => {
      if (!response.ok) throw new Error(`http-${response.status}`);
      return read(response);
    });
    // A failure must not be remembered: the network may be back at the next try.
    file.catch(() => files.delete(url));
    files.set(url, file);
    if (files.size > CACHED_FILES) files.delete(files.keys().next().value!);
  }
  return file;
}

export interface PageFiles {
  structure: Structure;
  css: string;
  /** The structures of the app's components, one file for all pages. */
  components?: Structure[];
}

export async function loadPage(image: string, route: string): Promise<PageFiles> {
  const base = `${image}/pages/${route}`;
  const [structure, css] = await Promise.all([
    once(`${base}.json`, (response) => response.json() as Promise<Structure>),
    once(`${base}.css`, (response) => response.text()),
  ]);
  if (!structure.components) return { structure, css };
  const url = `${image}/components.json`;
  const components = await once(url, (response) => response.json() as Promise<Structure[]>);
  return { structure, css, components };
}

/** The view script of a frame: it cannot fetch by itself, and the shell fetches once for all frames. */
export async function loadView(needs: FrameNeeds): Promise<FrameFiles> {
  const [script, style] = await Promise.all([viewFile(needs.script), viewFile(needs.style)]);
  return { t: "files", script, style };
}

/** A script or a style sheet of frames. */
export async function viewFile(path: string): Promise<string> {
  // Asked for by a document that is ours; but it must not make the shell fetch anything else.
  if (!/^\/view\/assets\/[\w.-]+$/.test(path)) throw new Error("view");
  return once(path, (response) => response.text());
}

/** What the host keeps for an app, as the app names it. */
const KEPT = /^wxfile:\/\/(?:tmp|store)_([0-9a-f]{32})(?:\.\w{1,10})?$/;
/** The same in the cloud of the app. */
const CLOUD = /^cloud:\/\/ta[0-9a-f]{16}\.([0-9a-f]{32})\//;

/**
 * The address of a picture or a sound that the app names, or "". Files of
 * other hosts come through this host, which checks them first.
 */
export function mediaURL(image: string, src: unknown): string {
  const text = typeof src === "string" ? src : "";
  const [, kept] = KEPT.exec(text) ?? [];
  if (kept) return `/app-files/${kept}`;
  const [, cloud] = CLOUD.exec(text) ?? [];
  if (cloud) return `/cloud-files/${cloud}`;
  const url = text.startsWith("//") ? `https:${text}` : text;
  // As the browser would write it: the host reads it with another parser.
  if (/^https?:/i.test(url) && URL.canParse(url) && new URL(url).origin !== location.origin)
    return `${image.replace("/images/", "/remote/")}?url=${encodeURIComponent(new URL(url).href)}`;
  return assetURL(image, src);
}

/** The address of an asset that the app names, or "" when it is not on this host. */
export function assetURL(image: string, src: unknown): string {
  const text = typeof src === "string" ? src : "";
  if (text === "") return "";
  if (/^(data:image\/|blob:)/i.test(text)) return text;
  if (/^https?:/i.test(text)) return new URL(text).origin === location.origin ? text : "";
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(text)) return "";
  // Resolved against the image, then checked: dots must not lead out of it.
  const url = new URL(`${image}/${text.replace(/^\/+/, "")}`, location.origin);
  return url.pathname.startsWith(`${image}/`) ? url.pathname : "";
}
