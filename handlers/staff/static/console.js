// What the console does beyond links and forms; without it everything still works, by reloading.
import { forms } from "./forms.js";
import { keys } from "./keys.js";
import { listen } from "./live.js";
import { pass } from "./pass.js";
import { queue } from "./queue.js";
import { fresh, rooms } from "./swap.js";
import { ticket } from "./ticket.js";

const EVERY_MINUTE = 60_000;
const TOGETHER = 300; // changes within so many milliseconds are one look
const SELDOM = 5_000; // and on a busy day there is one look in so many, lest a full desk keeps the house from its work

const page = document.body.dataset;
const refresh = looking();
let stands = null; // what the stream said last: on, off, over
let soon = 0;
let looked = -SELDOM;

forms();
keys();
if (page.live) {
  listen(page.live, stood, changed);
  setInterval(() => document.hidden || look(), EVERY_MINUTE); // clocks run even when nothing happens
  document.addEventListener("visibilitychange", () => document.hidden || changed());
}

// What this page does when something changed.
function looking() {
  if (document.getElementById("queue")) return queue();
  if (document.body.matches(".ticket")) return ticket();
  return document.body.matches(".pass") ? pass() : others;
}

function stood(state) {
  if (stands === "over") return;
  stands = state;
  show(state);
  if (state === "on") look();
}

function changed() {
  soon ||= setTimeout(() => {
    soon = 0;
    looked = performance.now();
    look();
  }, Math.max(TOGETHER, looked + SELDOM - performance.now()));
}

async function look() {
  if (!refresh || stands === "over") return;
  try {
    await refresh();
    if (stands) show(stands);
  } catch {
    show("off"); // no network, or no house: the next look tells
  }
}

// Any other page: what the navigation counts.
async function others() {
  const now = await fresh("/staff/help");
  if (now) rooms(now);
}

function show(state) {
  const live = document.getElementById("live");
  const words = { on: page.liveOn, off: page.liveOff, over: page.liveOver }[state];
  live.hidden = false;
  live.className = `live ${state}`;
  if (live.textContent === words) return;
  if (state !== "over") return live.replaceChildren(words);
  const link = document.createElement("a");
  link.href = `/staff/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = words;
  live.replaceChildren(link);
}
