// How the page talks to the server: a request either succeeds, is Refused for good, or finds the server Away for now.

export class Refused extends Error {}

export class Away extends Error {
  constructor(seconds) {
    super("away");
    this.seconds = seconds;
  }
}

const language = () => document.documentElement.lang;

export async function ask(path, { body, photo, seconds = 20 } = {}) {
  let answer = await once(path, { body, photo, seconds });
  if (answer.status === 401) {
    await once("/api/session", { body: {}, seconds });
    answer = await once(path, { body, photo, seconds });
  }
  const said = await read(answer);
  if (answer.ok && said) return said;
  const passing = answer.ok || answer.status >= 500 || [401, 408, 425, 429].includes(answer.status);
  if (passing) throw new Away(Number(answer.headers.get("Retry-After")) || 0);
  throw new Refused((said && said.message) || "");
}

async function once(path, { body, photo, seconds }) {
  const headers = { "Accept-Language": language(), Accept: "application/json" };
  const options = { headers, credentials: "same-origin", cache: "no-store" };
  if (photo) {
    options.method = "POST";
    options.body = new FormData();
    options.body.append("photo", photo, "photo");
  } else if (body) {
    options.method = "POST";
    options.body = JSON.stringify(body);
    headers["Content-Type"] = "application/json";
  }
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), seconds * 1000);
  try {
    return await fetch(path, { ...options, signal: patience.signal });
  } catch (_) {
    throw new Away(0);
  } finally {
    clearTimeout(timer);
  }
}

// A hotel's or a petrol station's sign-in page answers 200 too, but not in JSON.
async function read(answer) {
  try {
    return await answer.json();
  } catch (_) {
    return null;
  }
}

const SILENCE = 40;

// The stream of bubbles, read by hand so that heartbeats count as signs of life and any break leads to a fresh start.
export class Stream {
  constructor({ after, hear, state }) {
    Object.assign(this, { after, hear, state });
    this.run = 0;
    this.tries = 0;
  }

  restart() {
    this.stop();
    this.tries = 0;
    this.keep(this.run);
  }

  stop() {
    this.run += 1;
    if (this.stopper) this.stopper.abort();
    clearTimeout(this.timer);
  }

  async keep(run) {
    while (run === this.run) {
      const displaced = await this.listen(run).catch(() => false);
      if (run !== this.run) return;
      this.state(false);
      if (displaced) return;
      const wait = Math.min(30, 2 ** this.tries) * (0.5 + Math.random() / 2);
      this.tries += 1;
      await new Promise((resolve) => { this.timer = setTimeout(resolve, wait * 1000); });
    }
  }

  async listen(run) {
    this.stopper = new AbortController();
    const { signal } = this.stopper;
    let watch = 0;
    const alive = () => {
      clearTimeout(watch);
      watch = setTimeout(() => this.stopper.abort(), SILENCE * 1000);
    };
    alive();
    try {
      const path = `/api/events?after=${this.after()}`;
      const answer = await fetch(path, { signal, credentials: "same-origin", cache: "no-store" });
      if (answer.status === 401) await ask("/api/history");
      if (!answer.ok || !(answer.headers.get("Content-Type") || "").startsWith("text/event-stream")) return false;
      return await this.follow(answer.body.getReader(), run, alive);
    } finally {
      clearTimeout(watch);
    }
  }

  async follow(reader, run, alive) {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done || run !== this.run) return false;
      alive();
      this.tries = 0;
      this.state(true);
      const events = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = events.pop();
      for (const event of events) {
        if (/^event: displaced$/m.test(event)) return true;
        const data = /^data: (.*)$/m.exec(event);
        if (data) this.hear(JSON.parse(data[1]));
      }
    }
  }
}
