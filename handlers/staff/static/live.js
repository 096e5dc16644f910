// One stream for all tabs of this browser: six tabs that each held one would leave no connection for pages.
const NAME = "changxing.staff";
const AGAIN = 5_000;

/** Call `stands("on" | "off" | "over")` when the stream does so, and `changed()` whenever a ticket changed. */
export function listen(address, stands, changed) {
  const others = new BroadcastChannel(NAME);
  let state = null;

  function tell(news) {
    if (news.state) stands((state = news.state));
    if (news.changed) changed();
  }
  function say(news) {
    tell(news);
    others.postMessage(news);
  }
  others.onmessage = ({ data }) => {
    if (!data.asks) tell(data);
    else if (held && state) others.postMessage({ state });
  };

  let held = false;
  let stream = null;

  function open() {
    held = true;
    stream = new EventSource(address);
    stream.addEventListener("open", () => say({ state: "on" }));
    stream.addEventListener("tickets", () => say({ changed: true }));
    stream.addEventListener("over", () => { stream.close(); say({ state: "over" }); });
    stream.addEventListener("error", () => {
      if (state !== "over") say({ state: "off" });
      if (stream.readyState === EventSource.CLOSED) ask();
    });
  }

  // A stream that was refused says not why: a page tells whether we are signed out or the house is away.
  async function ask() {
    try {
      const answer = await fetch("/staff/password", { redirect: "manual", headers: { "X-Refresh": "1", Accept: "text/html" } });
      if (answer.type === "opaqueredirect" || answer.status === 401) return say({ state: "over" });
    } catch { /* away: try again */ }
    setTimeout(open, AGAIN);
  }

  if (navigator.locks) {
    navigator.locks.request(NAME, () => { open(); return new Promise(() => {}); });
    others.postMessage({ asks: true });
    return;
  }
  const follow = () => {
    if (!document.hidden && !stream) open();
    if (document.hidden && stream) { stream.close(); stream = null; }
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}
