// The pass on a phone: it stays lit while it is held up, and is looked up anew whenever the page comes back into sight.

const FRESH_MS = 60 * 1000;
let seenAt = Date.now();

function equip() {
  const button = document.getElementById("print");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

async function stayLit() {
  try {
    if (document.querySelector(".pass.green")) await navigator.wakeLock.request("screen");
  } catch (_) {
    // The phone does as it is used to.
  }
}

// Without a network what is here stays here: it says itself how old it is.
async function lookAgain() {
  if (document.visibilityState !== "visible") return;
  stayLit();
  if (Date.now() - seenAt < FRESH_MS) return;
  try {
    const answer = await fetch(window.location.href, { cache: "no-store" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.getElementById("main").replaceWith(page.getElementById("main"));
    seenAt = Date.now();
    equip();
  } catch (_) {
    // No network.
  }
}

equip();
stayLit();
document.addEventListener("visibilitychange", lookAgain);
