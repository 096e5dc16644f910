// Single keys for the whole day; never while somebody types, never with Ctrl, Alt or Meta, and they can be switched off.
import { say } from "./forms.js";

const SWITCH = "changxing.keys";
const LAST = "changxing.last";
const PATIENCE = 1_500; // between g and the letter that says where to

let going = 0;

export function keys() {
  const help = document.getElementById("keys");
  if (!help) return;
  document.getElementById("help-link").addEventListener("click", (event) => {
    if (location.pathname === "/staff/help") return;
    event.preventDefault();
    help.showModal();
  });
  help.addEventListener("click", (event) => event.target === help && help.close());
  for (const box of document.querySelectorAll(".keys-on")) {
    box.closest("p").hidden = false;
    box.checked = localStorage.getItem(SWITCH) !== "off";
    box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
  }
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("tbody tr");
    if (row) sessionStorage.setItem(LAST, row.id);
  });
  document.addEventListener("keydown", pressed);
  if (returned()) choose(document.getElementById(sessionStorage.getItem(LAST)));
}

// Whether we come from a ticket: then its row is where the hand goes on.
function returned() {
  const [way] = performance.getEntriesByType("navigation");
  return way?.type === "back_forward" || new URL(document.referrer || "about:blank").pathname.startsWith("/staff/tickets/");
}

function pressed(event) {
  if (event.isComposing || event.keyCode === 229) return;
  const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches?.("textarea")) {
    event.preventDefault();
    return event.target.form?.requestSubmit();
  }
  if (event.key === "Escape") return escape(typing);
  if (typing || event.ctrlKey || event.altKey || event.metaKey || localStorage.getItem(SWITCH) === "off") return;
  const reading = document.querySelector("dialog[open]");
  if (going) {
    going = clearTimeout(going);
    if (press(`[data-go="${CSS.escape(event.key)}"]`)) return event.preventDefault();
  }
  if (reading && !["?", "g"].includes(event.key)) return;
  if (event.key.startsWith("Arrow") && !document.activeElement.closest("#rows")) return;
  if (DO[event.key]?.() ) event.preventDefault();
}

function escape(typing) {
  typing?.blur();
  for (const menu of document.querySelectorAll("details.me[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
}

function move(step) {
  const rows = [...document.querySelectorAll("#rows tr, ul.letters > li")];
  if (!rows.length) return false;
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const last = rows.findIndex((row) => row.id && row.id === sessionStorage.getItem(LAST));
  const next = here >= 0 ? here + step : last >= 0 ? last : 0;
  choose(rows[Math.min(Math.max(next, 0), rows.length - 1)]);
  return true;
}

function choose(row) {
  row?.querySelector("a.to, a, button")?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
  if (row?.id) sessionStorage.setItem(LAST, row.id);
}

function press(selector, within = document) {
  const found = within?.querySelector(selector);
  found?.click();
  return Boolean(found);
}

function pick() {
  const box = document.activeElement.closest("tr")?.querySelector(".pick input");
  box?.click();
  return Boolean(box);
}

function go() {
  going = setTimeout(() => (going = 0), PATIENCE);
  return true;
}

function search() {
  const field = document.getElementById("q");
  field?.select();
  field?.focus();
  return Boolean(field);
}

function back() {
  const up = document.getElementById("up");
  up?.click();
  return Boolean(up);
}

const DO = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  g: go,
  x: pick,
  "/": search,
  ".": () => press("#news button, #hint button"),
  t: () => (document.getElementById("ticket") ? press(".head .take") : press(".take", document.activeElement.closest("tr"))),
  r: () => say("reply"),
  n: () => say("note"),
  u: back,
  "?": () => {
    const help = document.getElementById("keys");
    help.open ? help.close() : help.showModal();
    return true;
  },
};
