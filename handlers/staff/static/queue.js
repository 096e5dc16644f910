// The queue while it is watched: rows change in place, new ones wait behind a button, so nothing moves under the hand.
import { fresh, swap } from "./swap.js";

const title = document.title;
const LIST = "changxing.list";

/** Where the way back from a ticket leads: to the list as it was last looked at. */
export function lastList() {
  return sessionStorage.getItem(LIST) ?? "";
}

export function queue() {
  sessionStorage.setItem(LIST, location.search);
  const list = document.getElementById("queue");
  const news = document.getElementById("news");
  let latest = null;

  async function refresh() {
    latest = await fresh(location.href);
    if (!latest) return;
    swap(document.getElementById("views"), latest.getElementById("views"));
    swap(document.querySelector(".rooms"), latest.querySelector(".rooms"));
    const known = new Map([...list.querySelectorAll("tbody tr")].map((row) => [row.id, row]));
    const now = new Map([...latest.querySelectorAll("#rows tr")].map((row) => [row.id, row]));
    for (const [id, row] of known) update(row, now.get(id));
    announce([...now.keys()].filter((id) => !known.has(id) && isNew(id, known)).length);
  }

  function update(row, now) {
    row.classList.toggle("gone", !now);
    row.title = now ? "" : news.dataset.gone;
    if (!now) return;
    row.className = now.className;
    [...row.cells].forEach((cell, place) => swap(cell, now.cells[place]));
  }

  // An older row that moved up because another left is no news.
  function isNew(id, known) {
    const newest = Math.max(0, ...[...known.keys()].map(number));
    return number(id) > newest || known.size === 0;
  }

  function announce(count) {
    if (news.dataset.first !== "yes") count = 0;
    document.title = count ? `(${count}) ${title}` : title;
    if (!count) return news.replaceChildren();
    const words = (count === 1 ? news.dataset.one : news.dataset.more).replace("{count}", count);
    if (news.textContent === words) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    button.addEventListener("click", show);
    news.replaceChildren(button);
  }

  function show() {
    const known = new Set([...list.querySelectorAll("tbody tr")].map((row) => row.id));
    const focused = document.activeElement.closest?.("tr")?.id;
    list.replaceChildren(...latest.getElementById("queue").childNodes);
    const rows = [...list.querySelectorAll("tbody tr")];
    for (const row of rows) if (!known.has(row.id)) row.classList.add("fresh");
    announce(0);
    scrollTo({ top: 0 });
    (document.getElementById(focused) ?? rows[0])?.querySelector("a")?.focus({ preventScroll: true });
  }

  return refresh;
}

function number(id) {
  return Number(id.slice(1));
}
