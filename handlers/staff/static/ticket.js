// One ticket while it is read: clocks run on by themselves; what is new waits for a press, and a draft is never lost.
import { draft } from "./forms.js";
import { fresh, swap } from "./swap.js";

export function ticket() {
  const article = document.getElementById("ticket");
  const hint = document.getElementById("hint");

  async function refresh() {
    const latest = await fresh(location.pathname.replace(/\/(take|reply|note|resolve|reopen)$/, ""));
    const now = latest?.getElementById("ticket");
    if (!now) return;
    if (now.dataset.version === article.dataset.version) swap(document.getElementById("facts-line"), latest.getElementById("facts-line"));
    else if (!hint.firstChild) announce();
  }

  function announce() {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = hint.dataset.text;
    button.addEventListener("click", show);
    hint.replaceChildren(button);
  }

  async function show() {
    const latest = await fresh(location.pathname.replace(/\/(take|reply|note|resolve|reopen)$/, ""));
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
    const story = document.getElementById("story");
    story.tabIndex = -1;
    story.focus({ preventScroll: true });
    story.querySelector("li:last-child")?.scrollIntoView({ block: "nearest" });
  }

  return refresh;
}
