// What the phone keeps: keys, list and gate under a name, and every check until it was taken in (IndexedDB).

const NAME = "changxing-checkpoint";
const KEPT_MS = 24 * 3_600_000; // a check that was taken in is still asked for a day: the same truck may come again

let opening;

function opened() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("kept");
      asked.result.createObjectStore("scans", { keyPath: "mark" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opening;
}

// Resolves when the transaction is done, not only the request: what was written is there after a crash.
async function within(store, mode, act) {
  const db = await opened();
  return new Promise((resolve, reject) => {
    const tx = db.transaction(store, mode);
    const asked = act(tx.objectStore(store));
    tx.oncomplete = () => resolve(asked?.result);
    tx.onabort = tx.onerror = () => reject(tx.error);
  });
}

export const keep = (name, value) => within("kept", "readwrite", (store) => store.put(value, name));
export const kept = (name) => within("kept", "readonly", (store) => store.get(name));
export const drop = (name) => within("kept", "readwrite", (store) => store.delete(name));
export const enter = (scan) => within("scans", "readwrite", (store) => store.put(scan));
export const scans = () => within("scans", "readonly", (store) => store.getAll());
export const strike = (mark) => within("scans", "readwrite", (store) => store.delete(mark));

// Checks that wait to be taken in, the oldest first.
export async function waiting() {
  return (await scans()).filter((one) => !one.taken && !one.refused).sort((a, b) => a.at - b.at);
}

// Forget what was taken in a day ago.
export async function tidy(now) {
  for (const one of await scans()) {
    if (one.taken && now - one.at > KEPT_MS) await strike(one.mark);
  }
}
