// One application while it is read: when somebody else decides it meanwhile, that is said, and nothing typed is lost.
import { lastList } from "./queue.js";
import { fresh, rooms } from "./swap.js";

const HERE = "/staff/passes";
const address = location.pathname.match(/^\/staff\/passes\/[0-9]+/)?.[0] ?? location.pathname;

export function pass() {
  const article = document.getElementById("pass");
  const hint = document.getElementById("hint");
  document.getElementById("up").search = lastList(HERE);

  return async function refresh() {
    const latest = await fresh(address);
    const now = latest?.getElementById("pass");
    if (!now) return;
    rooms(latest);
    if (now.dataset.version === article.dataset.version || hint.firstChild) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = hint.dataset.text;
    button.addEventListener("click", () => location.assign(address));
    hint.replaceChildren(button);
  };
}
