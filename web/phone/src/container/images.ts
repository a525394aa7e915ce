// Structures and styles of pages. They are named by the hash of their release, so what was fetched
// once is right for ever.

import { CACHED_FILES } from "./limits";
import type { Structure } from "./wire";

const files = new Map<string, Promise<unknown>>();

function once<T>(url: string, read: (response: Response) => Promise<T>): Promise<T> {
  let file = files.get(url) as Promise<T> | undefined;
  if (!file) {
    file = fetch(url, { credentials: "omit" }).then((response) => {
      if (!response.ok) throw new Error(`http-${response.status}`);
      return read(response);
    });
    // A failure must not be remembered: the next try may find the network again.
    file.catch(() => files.delete(url));
    files.set(url, file);
    if (files.size > CACHED_FILES) files.delete(files.keys().next().value!);
  }
  return file;
}

export function loadPage(image: string, route: string): Promise<[Structure, string]> {
  const base = `${image}/pages/${route}`;
  return Promise.all([
    once(`${base}.json`, (response) => response.json() as Promise<Structure>),
    once(`${base}.css`, (response) => response.text()),
  ]);
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
