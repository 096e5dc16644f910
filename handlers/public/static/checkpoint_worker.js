// Keeps the checkpoint page on the phone. VERSION, PAGE and FILES stand before this: other files, another worker.
const CACHE = `checkpoint-${VERSION}`;
const KEPT = new Set(FILES.map((file) => new URL(file, location.origin).href));

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(FILES.map((file) => new Request(file, { cache: "reload", credentials: "same-origin" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("checkpoint-") && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

// The page and its files come from the phone; everything else (list, keys, checks) only ever from the network.
self.addEventListener("fetch", (event) => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate" && address.pathname === "/checkpoint") {
    const other = address.searchParams.get("lang");
    const ours = new URL(PAGE, location.origin).searchParams.get("lang");
    event.respondWith(other && other !== ours ? fetch(request).catch(() => held(PAGE)) : held(PAGE));
  } else if (KEPT.has(request.url)) {
    event.respondWith(held(request));
  }
});

async function held(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreVary: true })) ?? fetch(request);
}
