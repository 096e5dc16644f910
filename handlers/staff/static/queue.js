// The queue while it is watched: rows change in place, new ones wait behind a button, so nothing moves under the hand.
import { fresh, rooms, swap } from "./swap.js";

const title = document.title;
const LIST = "changxing.list";

/** Where the way back from a page leads: to its list, as it was last looked at. */
export function lastList(path) {
  return sessionStorage.getItem(LIST + path) ?? "";
}

export function queue() {
  sessionStorage.setItem(LIST + location.pathname, location.search);
  const list = document.getElementById("queue");
  const news = document.getElementById("news");
  let latest = null;
  picking();

  async function refresh() {
    latest = await fresh(location.href);
    if (!latest) return;
    swap(document.getElementById("views"), latest.getElementById("views"));
    rooms(latest);
    const known = new Map([...list.querySelectorAll("tbody tr")].map((row) => [row.id, row]));
    const now = new Map([...latest.querySelectorAll("#rows tr")].map((row) => [row.id, row]));
    for (const [id, row] of known) update(row, now.get(id));
    announce(arrived([...now.keys()], known));
  }

  function update(row, now) {
    row.classList.toggle("gone", !now);
    row.title = now ? "" : news.dataset.gone;
    if (!now) return;
    row.className = now.className;
    [...row.cells].forEach((cell, place) => swap(cell, now.cells[place]));
  }

  // What stands below the last row that we show only moved up because another left: no news.
  function arrived(now, known) {
    const last = now.findLastIndex((id) => known.has(id));
    const whole = !document.querySelector(".pager [rel=next]");
    return now.filter((id, place) => !known.has(id) && (whole || place < last)).length;
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
    const picked = new Set([...list.querySelectorAll(".pick input:checked")].map((box) => box.value));
    list.replaceChildren(...latest.getElementById("queue").childNodes);
    const rows = [...list.querySelectorAll("tbody tr")];
    for (const row of rows) if (!known.has(row.id)) row.classList.add("fresh");
    for (const box of list.querySelectorAll("tbody .pick input")) box.checked = picked.has(box.value);
    picking();
    announce(0);
    scrollTo({ top: 0 });
    (document.getElementById(focused) ?? rows[0])?.querySelector("a")?.focus({ preventScroll: true });
  }

  return refresh;
}

// The bar of what can be done with the rows that were chosen, shown while there are any.
function picking() {
  const bar = document.getElementById("bulk");
  if (!bar) return;
  const all = document.getElementById("pick-all");
  const boxes = [...document.querySelectorAll("#rows .pick input")];
  const count = () => {
    const many = boxes.filter((box) => box.checked).length;
    bar.classList.toggle("none", !many);
    const words = many === 1 ? bar.dataset.one : bar.dataset.more;
    if (many) document.getElementById("chosen").textContent = words.replace("{count}", many);
    if (all) {
      all.checked = many > 0 && many === boxes.length;
      all.indeterminate = many > 0 && many < boxes.length;
    }
  };
  for (const box of boxes) box.onchange = count;
  if (all) {
    all.hidden = false;
    all.onchange = () => {
      for (const box of boxes) box.checked = all.checked;
      count();
    };
  }
  bar.classList.add("watched");
  count();
}
