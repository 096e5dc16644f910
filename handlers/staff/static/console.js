// What the console does beyond links and forms; without it everything still works, by reloading.
import { forms } from "./forms.js";
import { keys } from "./keys.js";
import { listen } from "./live.js";
import { queue } from "./queue.js";
import { ticket } from "./ticket.js";

const EVERY_MINUTE = 60_000;
const TOGETHER = 300; // changes within so many milliseconds are one look
const SELDOM = 5_000; // and on a busy day there is one look in so many, lest a full desk keeps the house from its work

const page = document.body.dataset;
const refresh = document.getElementById("rows") || document.querySelector("body.list #queue") ? queue() : document.getElementById("ticket") ? ticket() : null;

forms();
keys();

function show(state) {
  const live = document.getElementById("live");
  live.hidden = false;
  live.className = `live ${state}`;
  const words = { on: page.liveOn, off: page.liveOff, over: page.liveOver }[state];
  if (state !== "over") {
    if (live.textContent !== words) live.textContent = words;
    return;
  }
  const link = document.createElement("a");
  link.href = `/staff/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = words;
  live.replaceChildren(link);
}

let over = false;
let soon = 0;
let looked = -SELDOM;

async function look() {
  if (over || !refresh) return;
  try {
    await refresh();
  } catch {
    show("off"); // no network, or no house: the stream says when it is back
  }
}

function changed() {
  soon ||= setTimeout(() => {
    soon = 0;
    looked = performance.now();
    look();
  }, Math.max(TOGETHER, looked + SELDOM - performance.now()));
}

if (page.live) {
  listen(page.live, (state) => {
    over ||= state === "over";
    show(over ? "over" : state);
    if (state === "on") look();
  }, changed);
  setInterval(() => document.hidden || look(), EVERY_MINUTE); // clocks run even when nothing happens
  document.addEventListener("visibilitychange", () => document.hidden || changed());
}
