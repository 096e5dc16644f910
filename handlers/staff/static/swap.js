// Looking again at a page that is shown, and putting what changed into it without taking the focus away.
const FOCUSABLE = "a[href], button, input, select, textarea, summary";

/** The page at this address as it is now; null when we are signed out. Raises TypeError without a network. */
export async function fresh(address) {
  const answer = await fetch(address, { redirect: "manual", headers: { "X-Refresh": "1", Accept: "text/html" } });
  if (!answer.ok) {
    if (answer.type === "opaqueredirect" || answer.status < 500) return null;
    throw new TypeError(`status ${answer.status}`);
  }
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Put the content of `now` into `old` when they read differently; true when they did. */
export function swap(old, now) {
  if (!old || !now || words(old) === words(now)) return false;
  const place = [...old.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
  old.replaceChildren(...now.childNodes);
  if (place >= 0) {
    const there = old.querySelectorAll(FOCUSABLE);
    (there[place] ?? there[there.length - 1])?.focus({ preventScroll: true });
  }
  return true;
}

/** Bring the navigation up to date, as a page that was just fetched has it. */
export function rooms(latest) {
  const now = latest.querySelectorAll(".rooms");
  document.querySelectorAll(".rooms").forEach((old, place) => swap(old, now[place]));
}

// Forms carry a new key each time; only what is read counts.
function words(element) {
  return `${element.textContent.replace(/\s+/g, " ")}|${element.querySelectorAll("button").length}`;
}
