// What the page keeps on this phone: small things in localStorage, photos in IndexedDB; in memory where neither may be used.

const PREFIX = "changxing.";
const memory = new Map();

export function recall(key, otherwise = null) {
  try {
    const kept = localStorage.getItem(PREFIX + key);
    return kept === null ? otherwise : JSON.parse(kept);
  } catch (_) {
    return memory.has(key) ? memory.get(key) : otherwise;
  }
}

export function remember(key, value) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch (_) {
    memory.set(key, value);
  }
}

export function forget(key) {
  memory.delete(key);
  try {
    localStorage.removeItem(PREFIX + key);
  } catch (_) {
    // Nothing was kept.
  }
}

export function recallAll(prefix) {
  const keys = new Set([...memory.keys()].filter((key) => key.startsWith(prefix)));
  try {
    for (let place = 0; place < localStorage.length; place += 1) {
      const key = localStorage.key(place);
      if (key.startsWith(PREFIX + prefix)) keys.add(key.slice(PREFIX.length));
    }
  } catch (_) {
    // Memory is all there is.
  }
  return [...keys].sort().map((key) => recall(key)).filter(Boolean);
}

let opened = null;

function database() {
  opened = opened || new Promise((resolve, reject) => {
    const request = indexedDB.open("changxing", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("photos");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function inPhotos(mode, act) {
  const base = await database();
  return new Promise((resolve, reject) => {
    const request = act(base.transaction("photos", mode).objectStore("photos"));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export async function keepPhoto(key, blob) {
  memory.set(`photo.${key}`, blob);
  try {
    await inPhotos("readwrite", (photos) => photos.put(blob, key));
  } catch (_) {
    // It is sent as long as the page stays open.
  }
}

export async function keptPhoto(key) {
  if (memory.has(`photo.${key}`)) return memory.get(`photo.${key}`);
  try {
    return await inPhotos("readonly", (photos) => photos.get(key));
  } catch (_) {
    return undefined;
  }
}

export async function dropPhoto(key) {
  memory.delete(`photo.${key}`);
  try {
    await inPhotos("readwrite", (photos) => photos.delete(key));
  } catch (_) {
    // It was never there.
  }
}
