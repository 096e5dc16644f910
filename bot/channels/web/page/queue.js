// What was said here and is on its way: kept on the phone, sent in order, again and again until the server has answered.

import { dropPhoto, forget, keepPhoto, keptPhoto, recallAll, remember } from "./store.js";
import { ask, Refused } from "./server.js";
import { shrunk } from "./photos.js";

const SLOWEST = 30;

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Queue {
  // `accepted(item)`, `refused(item, sentence)` and `away(item)` tell the page what became of an item.
  constructor(tell) {
    this.tell = tell;
    this.busy = false;
    this.timer = 0;
    this.tries = 0;
    this.serial = 0;
    this.sentAt = 0;
  }

  waiting() {
    return recallAll("out.");
  }

  // The item comes back at once, so that it can be shown; photos are on the phone's disk before it may be sent.
  add(parts, files = []) {
    const id = newId();
    this.serial += 1;
    const order = `${String(Date.now()).padStart(15, "0")}.${String(this.serial).padStart(6, "0")}`;
    const item = { id, key: `out.${order}.${id}`, at: new Date().toISOString(), ...parts };
    if (files.length) {
      item.files = files.map((_, place) => `${id}.${place}`);
      item.uploaded = [];
    }
    const put = () => {
      remember(item.key, item);
      this.hurry();
    };
    if (files.length) Promise.all(files.map((file, place) => keepPhoto(item.files[place], file))).then(put);
    else put();
    return item;
  }

  // Try now, whatever the backoff: the network is back, or the driver looks at the page again.
  hurry() {
    this.tries = 0;
    this.schedule(0);
  }

  schedule(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.work(), milliseconds);
  }

  async work() {
    this.timer = 0;
    if (this.busy) return;
    this.busy = true;
    try {
      await alone(() => this.empty());
    } finally {
      this.busy = false;
    }
    if (!this.timer && this.waiting().length) this.schedule(0);
  }

  async empty() {
    for (let items = this.waiting(); items.length; items = this.waiting()) {
      const [item] = items;
      this.sentAt = performance.now();
      try {
        await send(item);
        this.settle(item);
        this.tell.accepted(item);
      } catch (error) {
        if (!(error instanceof Refused)) {
          this.later(error);
          this.tell.away(item);
          return;
        }
        this.settle(item);
        this.tell.refused(item, error.message);
      }
      this.tries = 0;
    }
  }

  settle(item) {
    forget(item.key);
    for (const key of item.files || []) dropPhoto(key);
  }

  later(error) {
    const wait = Math.max(error.seconds || 0, Math.min(SLOWEST, 2 ** this.tries) * (0.5 + Math.random() / 2));
    this.tries += 1;
    this.schedule(wait * 1000);
  }
}

// Two open pages share one queue; only one of them sends at a time, so that the order holds.
function alone(act) {
  return navigator.locks ? navigator.locks.request("changxing.out", act) : act();
}

async function send(item) {
  const { id, text, choice, label, position } = item;
  const message = { id, text, choice, label, position };
  if (item.files) message.photos = await uploaded(item);
  await ask("/api/messages", { body: message });
}

async function uploaded(item) {
  for (let place = item.uploaded.length; place < item.files.length; place += 1) {
    const photo = await keptPhoto(item.files[place]);
    if (!photo) throw new Refused("");
    const { photo: id } = await ask("/api/photos", { photo: await shrunk(photo), seconds: 120 });
    item.uploaded.push(id);
    remember(item.key, item);
  }
  return item.uploaded;
}
