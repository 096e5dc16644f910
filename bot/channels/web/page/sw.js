// Keeps the shell of the page on the phone, so that it opens without a network and shows what waits to be sent.

const VERSION = new URL(self.location.href).searchParams.get("version") || "0";
const CACHE = `changxing-${VERSION}`;
const PATIENCE_MS = 4000;
const SHELL = ["chat.js", "bubbles.js", "composer.js", "drawing.js", "photos.js", "queue.js", "server.js", "store.js", "words.js", "chat.css", "icon.svg"];

self.addEventListener("install", (event) => {
  const wanted = ["/", ...SHELL.map((name) => `/chat/${VERSION}/${name}`)];
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(wanted)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => names.filter((name) => name.startsWith("changxing-") && name !== CACHE));
  event.waitUntil(old.then((names) => Promise.all(names.map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === "/") event.respondWith(fresh(request, "/", PATIENCE_MS));
  else if (url.pathname.startsWith("/chat/")) event.respondWith(kept(request));
  else if (url.pathname.startsWith("/api/words/")) event.respondWith(fresh(request, url.pathname, PATIENCE_MS));
});

// The network first; what is kept when it fails or takes too long.
async function fresh(request, key, patience) {
  const cache = await caches.open(CACHE);
  const asked = fetch(request).then((answer) => {
    if (answer.ok && !answer.redirected) cache.put(key, answer.clone());
    return answer;
  });
  const late = new Promise((resolve) => setTimeout(resolve, patience));
  const first = await Promise.race([asked.catch(() => undefined), late]);
  return first || (await cache.match(key)) || asked;
}

// Files carry their version in their address and never change.
async function kept(request) {
  const found = await caches.match(request.url);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(CACHE)).put(request.url, answer.clone());
  return answer;
}
