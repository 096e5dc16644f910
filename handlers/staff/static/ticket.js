// One ticket while it is read: clocks run on by themselves; what is new waits for a press, and a draft is never lost.
import { draft } from "./forms.js";
import { lastList } from "./queue.js";
import { fresh, swap } from "./swap.js";

const address = location.pathname.match(/^\/staff\/tickets\/[^/]+/)?.[0] ?? location.pathname;
const FIRST_WAIT = 1_500;
const LAST_WAIT = 60_000;
const STILL_WRITING = 10_000; // as often as the house must hear that somebody writes
const LOOK_AGAIN = 15_000; // while another writes: his sign ends by itself, and nobody calls then

export function ticket() {
  const article = document.getElementById("ticket");
  const hint = document.getElementById("hint");
  lead();
  follow(FIRST_WAIT);
  writing();
  readyWords();
  undo();
  setInterval(() => document.querySelector("#writing:not(:empty)") && !document.hidden && refresh().catch(() => {}), LOOK_AGAIN);

  function lead() {
    document.getElementById("up").search = lastList("/staff/");
  }

  // What was said is on its way: look again soon, then less and less often.
  function follow(wait) {
    if (wait > LAST_WAIT || !article.querySelector(".told .waiting")) return;
    setTimeout(() => refresh().catch(() => {}).then(() => follow(wait * 2)), wait);
  }

  async function refresh() {
    const latest = await fresh(address);
    const now = latest?.getElementById("ticket");
    if (!now) return;
    swap(document.getElementById("writing"), latest.getElementById("writing"));
    if (now.dataset.version !== article.dataset.version) return announce();
    const parts = article.dataset.whole ? ["facts-line"] : ["facts-line", "story"]; // what was unmasked stays until one leaves
    for (const part of parts) swap(document.getElementById(part), latest.getElementById(part));
  }

  function announce() {
    if (hint.firstChild) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = hint.dataset.text;
    button.addEventListener("click", show);
    hint.replaceChildren(button);
  }

  async function show() {
    const latest = await fresh(address);
    const now = latest?.getElementById("ticket");
    if (!now) return;
    const acts = document.getElementById("acts");
    if (draft(acts)) readNow(acts, now.dataset.version);
    else {
      acts.replaceChildren(...latest.getElementById("acts").childNodes);
      document.querySelector(".thumbs").replaceChildren(...latest.querySelector(".thumbs").childNodes);
      readyWords();
    }
    delete article.dataset.whole;
    Object.assign(article.dataset, { version: now.dataset.version, status: now.dataset.status });
    article.replaceChildren(...now.childNodes);
    hint.replaceChildren();
    lead();
    undo();
    follow(FIRST_WAIT);
    const story = document.getElementById("story");
    story.tabIndex = -1;
    story.focus({ preventScroll: true });
    story.querySelector("li:last-child")?.scrollIntoView({ block: "nearest" });
  }

  return refresh;
}

// The forms with a draft in them stay; what the reporter wrote has been seen now.
function readNow(acts, version) {
  for (const seen of acts.querySelectorAll("input[name=seen]")) seen.value = version;
}

// The others hear that somebody writes here, as long as he does.
function writing() {
  let told = 0;
  let where = null;
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-presence]");
    if (!form || !event.target.matches("textarea")) return;
    if (!event.target.value.trim()) return leave();
    if (performance.now() - told < STILL_WRITING && where) return;
    told = performance.now();
    where = form;
    say({});
  });
  document.addEventListener("submit", () => (where = null));
  addEventListener("pagehide", leave);

  function leave() {
    if (where) say({ gone: "yes" });
    where = null;
  }

  function say(fields) {
    const body = new URLSearchParams({ form: where.elements.form.value, ...fields });
    fetch(where.dataset.presence, { method: "POST", body, keepalive: true }).catch(() => {});
  }
}

// A text module goes into the box at once; what stood there already stays above it.
function readyWords() {
  const choice = document.getElementById("macro");
  if (!choice) return;
  choice.form.querySelector(".fill").hidden = true;
  choice.addEventListener("change", () => {
    const text = choice.selectedOptions[0].dataset.text;
    const area = document.getElementById("words-reply");
    if (!text) return;
    const before = area.value.trim();
    area.value = before && ![...choice.options].some((one) => one.dataset.text === before) ? `${before}\n${text}` : text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  });
}

// What has left cannot be taken back: the button goes when its time is over.
function undo() {
  const form = document.getElementById("undo");
  if (form) setTimeout(() => form.remove(), Number(form.dataset.seconds) * 1000);
}
