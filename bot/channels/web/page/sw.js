// Keeps the shell of the page on the phone, so that it opens without a network and shows what waits to be sent; and the
// last pictures that we sent, so that a pass can be held up where there is no network.

const VERSION = new URL(self.location.href).searchParams.get("version") || "0";
const CACHE = `changxing-${VERSION}`;
const PICTURES = "changxing-pictures";
const MOST_PICTURES = 20;
const PATIENCE_MS = 4000;
const SHELL = ["chat.js", "bubbles.js", "composer.js", "drawing.js", "photos.js", "queue.js", "server.js", "store.js", "words.js", "chat.css", "icon.svg"];

self.addEventListener("install", (event) => {
  const wanted = ["/", ...SHELL.map((name) => `/chat/${VERSION}/${name}`)];
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(wanted)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => names.filter((name) => name.startsWith("changxing-") && name !== CACHE && name !== PICTURES));
  event.waitUntil(old.then((names) => Promise.all(names.map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === "/") event.respondWith(fresh(request, "/", PATIENCE_MS));
  else if (url.pathname.startsWith("/chat/")) event.respondWith(kept(request));
  else if (url.pathname.startsWith("/api/pictures/")) event.respondWith(picture(request, url.pathname));
  else if (url.pathname.startsWith("/api/words/")) event.respondWith(fresh(request, url.pathname, PATIENCE_MS));
});

// The network first; what is kept when it fails or takes too long.
async function fresh(request, key, patience, name = CACHE) {
  const cache = await caches.open(name);
  const asked = fetch(request).then((answer) => {
    if (answer.ok && !answer.redirected) cache.put(key, answer.clone());
    return answer;
  });
  const late = new Promise((resolve) => setTimeout(resolve, patience));
  const first = await Promise.race([asked.catch(() => undefined), late]);
  return first || (await cache.match(key)) || asked;
}

// A pass that ended is drawn so as soon as there is a network.
async function picture(request, key) {
  const answer = await fresh(request, key, PATIENCE_MS, PICTURES);
  const cache = await caches.open(PICTURES);
  if (answer.status === 401 || answer.status === 404) await cache.delete(key);
  const known = await cache.keys();
  await Promise.all(known.slice(0, -MOST_PICTURES).map((old) => cache.delete(old)));
  return answer;
}

// Files carry their version in their address and never change.
async function kept(request) {
  const found = await caches.match(request.url);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(CACHE)).put(request.url, answer.clone());
  return answer;
}
