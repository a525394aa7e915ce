// Keeps the shell for when there is no network: the page itself, its scripts and styles. It never keeps
// what the API answers, pictures or anything else that belongs to somebody. The build puts the names of
// the files and a version in (vite.config.ts); a new version is another worker.
//
// A new worker waits until the pages of the old one are closed: an open page may still need a part that
// only the old version has. With a network nobody waits for it, because pages come from the host first.

const VERSION = "__VERSION__";
const FILES = __FILES__;
const CACHE = `teahouse-shell-${VERSION}`;

/** Addresses that are not the phone's. */
const OTHERS =
  /^\/(?:api|bridge|oauth|images|media|view|developer|admin|console|docs|openapi\.json|realtime|open|metrics|healthz|\.well-known)(?:\/|$)/;

self.addEventListener("install", (event) => {
  // "reload": not what an HTTP cache still has of the version before.
  const fresh = FILES.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith("teahouse-shell-") && name !== CACHE)
            .map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin || OTHERS.test(pathname)) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (FILES.includes(pathname)) event.respondWith(file(request, pathname));
});

async function page(request) {
  try {
    return await fetch(request);
  } catch (unreachable) {
    const kept = await caches.match("/", { cacheName: CACHE });
    if (kept) return kept;
    throw unreachable;
  }
}

/** Names of assets change with their content; the few other files are asked for first. */
async function file(request, pathname) {
  const kept = await caches.match(pathname, { cacheName: CACHE });
  if (kept && pathname.startsWith("/assets/")) return kept;
  return fetch(request).catch((unreachable) => {
    if (kept) return kept;
    throw unreachable;
  });
}
