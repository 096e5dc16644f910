// The web chat: what is said goes into the queue, what is answered comes from the stream, both become bubbles.

import { Bubbles } from "./bubbles.js";
import { compose, notice, prefer, withdraw } from "./composer.js";
import { Queue } from "./queue.js";
import { ask, Stream } from "./server.js";
import { keptPhoto, recall, remember } from "./store.js";
import { chosen, speak, words } from "./words.js";

const KEPT = 50;
const PATIENCE = 8000;
const GIVE_UP = 20000;
const SLOW_TO_CONNECT = 2000;
const DOZE = 5 * 60 * 1000;
const STALE = 20000;

const element = (id) => document.getElementById(id);
const earlierButton = element("earlier");

let cursor = null;
let unread = 0;
let connected = false;
let heardAt = 0;
let answeredAt = 0;
let isCaughtUp = false;
let impatience = 0;
let dozing = 0;

const bubbles = new Bubbles(({ payload, label }) => say({ choice: payload, label }));

const queue = new Queue({
  accepted(item) {
    bubbles.accept(item);
    keep();
    if (answeredAt < queue.sentAt) awaitAnswer(); // the stream may be quicker than the answer to what was sent
    state();
  },
  refused(item, sentence) {
    bubbles.refuse(item.id, sentence || words.refused);
  },
  away: state,
});

const stream = new Stream({
  after: () => bubbles.newestRow(),
  hear,
  state(yes) {
    connected = yes;
    heardAt = Date.now();
    if (yes && !isCaughtUp) history().catch(() => {});
    setTimeout(state, yes ? 0 : SLOW_TO_CONNECT);
  },
});

function say(parts, files = []) {
  withdraw("menu");
  const item = queue.add(parts, files);
  bubbles.add(waiting(item, files));
  state();
}

function waiting(item, files) {
  const urls = item.files ? { urls: files.map((file) => URL.createObjectURL(file)) } : {};
  return { ...item, ...urls, from: "you", state: "waiting" };
}

function hear(bubble) {
  if (bubbles.has(bubble.id)) return;
  answered();
  bubbles.add({ from: "us", ...bubble });
  prefer(bubbles.wants());
  keep();
  if (document.hidden) badge(unread + 1);
}

// An answer comes within a second. When the stream stays silent, something may hold it back: ask the history.
function awaitAnswer() {
  bubbles.think(true);
  clearTimeout(impatience);
  impatience = setTimeout(() => {
    stream.restart();
    history().catch(() => {});
    impatience = setTimeout(answered, GIVE_UP);
  }, PATIENCE);
}

function answered() {
  answeredAt = performance.now();
  clearTimeout(impatience);
  bubbles.think(false);
}

// The newest page of the talk. When it does not reach back to what is shown, the older part goes: one may scroll up for it.
async function history() {
  const page = await ask("/api/history");
  isCaughtUp = true;
  const isFresh = page.bubbles.some((entry) => entry.from === "us" && !bubbles.has(entry.id));
  const reaches = page.bubbles.some((entry) => bubbles.has(entry.id));
  if (page.bubbles.length && !reaches) bubbles.keepOwn();
  bubbles.merge([...page.bubbles].sort((one, other) => (one.at < other.at ? -1 : 1)));
  if (!reaches || !cursor) cursor = page.before;
  earlierButton.hidden = !cursor;
  if (isFresh) answered();
  prefer(bubbles.wants());
  keep();
}

async function earlier() {
  if (!cursor) return;
  const before = cursor;
  cursor = null;
  try {
    const page = await ask(`/api/history?before=${encodeURIComponent(before)}`);
    bubbles.merge(page.bubbles);
    cursor = page.before;
  } catch (_) {
    cursor = before;
  }
  earlierButton.hidden = !cursor;
}

// What was said before a reload, or in another page of this browser, and is still on its way.
async function pending() {
  for (const item of queue.waiting()) {
    if (bubbles.has(item.id)) continue;
    const files = await Promise.all((item.files || []).map(keptPhoto));
    bubbles.add(waiting(item, files.filter(Boolean)));
  }
}

function keep() {
  remember("recent", bubbles.lasting().slice(-KEPT));
}

function state() {
  const offline = navigator.onLine === false;
  const sentence = offline ? words.offline : connected ? words.tagline : words.connecting;
  if (element("state").textContent !== sentence) element("state").textContent = sentence;
  document.body.classList.toggle("away", offline || !connected);
  if (offline && queue.waiting().length) notice(words.kept, "network");
  else withdraw("network");
}

function badge(count) {
  unread = count;
  document.title = `${count ? `(${count}) ` : ""}${words.name} · ${words.tagline}`;
}

async function change(language) {
  await speak(language);
  for (const button of document.querySelectorAll(".languages button")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  bubbles.reword();
  withdraw("place");
  state();
  badge(unread);
}

async function choose({ target }) {
  const button = target.closest("[data-language]");
  if (!button || button.getAttribute("aria-pressed") === "true") return;
  try {
    await change(button.dataset.language);
  } catch (_) {
    notice(words.language_away, "place");
    return;
  }
  if (bubbles.begun()) say({ choice: `/language ${button.dataset.language}`, label: words.language });
}

// The menu puts away what is being filled in; a thumb that slipped must not.
function menu() {
  const isSure = element("notice").dataset.about === "menu" && !element("notice").hidden;
  if (bubbles.isAsking() && !isSure) {
    notice(words.menu_again, "menu");
    return;
  }
  say({ choice: "/menu", label: words.menu });
}

// A page in the background lets go of its connection after a while; in front, everything is tried at once.
function looked() {
  clearTimeout(dozing);
  if (document.hidden) {
    dozing = setTimeout(() => stream.stop(), DOZE);
    return;
  }
  badge(0);
  if (!connected || Date.now() - heardAt > STALE) stream.restart();
  queue.hurry();
}

function networkIsBack() {
  state();
  stream.restart();
  queue.hurry();
}

function elsewhere({ key, newValue }) {
  const match = /^changxing\.out\.[\d.]+\.(\w+)$/.exec(key || "");
  if (match && newValue) pending();
  else if (match) bubbles.accept({ id: match[1] });
}

function listen() {
  compose(say);
  element("menu").addEventListener("click", menu);
  earlierButton.addEventListener("click", earlier);
  element("log").addEventListener("scroll", () => { if (element("log").scrollTop < 60) earlier(); }, { passive: true });
  document.querySelector(".languages").addEventListener("click", choose);
  document.addEventListener("visibilitychange", looked);
  window.addEventListener("online", networkIsBack);
  window.addEventListener("offline", state);
  window.addEventListener("storage", elsewhere);
}

async function open() {
  listen();
  if (chosen() !== document.documentElement.dataset.language) await change(chosen()).catch(() => {});
  bubbles.merge(recall("recent", []));
  await pending();
  bubbles.toEnd();
  queue.hurry();
  await history().catch(() => {});
  if (!bubbles.begun()) bubbles.welcome();
  prefer(bubbles.wants());
  element("log").setAttribute("aria-busy", "false");
  stream.restart();
  if ("serviceWorker" in navigator) {
    const version = new URL(import.meta.url).pathname.split("/")[2];
    navigator.serviceWorker.register(`/sw.js?version=${version}`).catch(() => {});
  }
}

open();
