// One ticket while it is read: clocks run on by themselves; what is new waits for a press, and a draft is never lost.
import { draft } from "./forms.js";
import { lastList } from "./queue.js";
import { fresh, swap } from "./swap.js";

const address = location.pathname.replace(/\/(take|reply|note|resolve|reopen)$/, "");
const FIRST_WAIT = 1_500;
const LAST_WAIT = 60_000;

export function ticket() {
  const article = document.getElementById("ticket");
  const hint = document.getElementById("hint");
  lead();
  follow(FIRST_WAIT);

  function lead() {
    document.getElementById("up").search = lastList();
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
    if (now.dataset.version !== article.dataset.version) return announce();
    for (const part of ["facts-line", "story"]) swap(document.getElementById(part), latest.getElementById(part));
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
    const ended = now.dataset.status === "resolved" || article.dataset.status === "resolved";
    const acts = document.getElementById("acts");
    if (ended && now.dataset.status !== article.dataset.status && !draft(acts)) {
      acts.replaceChildren(...latest.getElementById("acts").childNodes);
      document.querySelector(".thumbs").replaceChildren(...latest.querySelector(".thumbs").childNodes);
    }
    Object.assign(article.dataset, { version: now.dataset.version, status: now.dataset.status });
    article.replaceChildren(...now.childNodes);
    hint.replaceChildren();
    lead();
    follow(FIRST_WAIT);
    const story = document.getElementById("story");
    story.tabIndex = -1;
    story.focus({ preventScroll: true });
    story.querySelector("li:last-child")?.scrollIntoView({ block: "nearest" });
  }

  return refresh;
}
