// The words of the page in the language chosen, and times as people write them.

const root = document.documentElement;

export let words = JSON.parse(root.dataset.words);

const YEAR = 365 * 24 * 3600;
const DAY = 24 * 3600 * 1000;

export async function speak(language) {
  const answer = await fetch(`/api/words/${language}`);
  if (!answer.ok) throw new Error(answer.status);
  words = (await answer.json()).words;
  root.lang = language.replace("_", "-");
  root.dataset.language = language;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `changxing_language=${language}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  document.title = `${words.name} · ${words.tagline}`;
  for (const place of document.querySelectorAll("[data-word]")) place.textContent = words[place.dataset.word];
  for (const place of document.querySelectorAll("[data-word-label]")) place.setAttribute("aria-label", words[place.dataset.wordLabel]);
  for (const place of document.querySelectorAll("[data-word-placeholder]")) place.placeholder = words[place.dataset.wordPlaceholder];
}

export function chosen() {
  const match = /(?:^|; )changxing_language=([A-Za-z_]+)/.exec(document.cookie);
  return match ? match[1] : root.dataset.language;
}

// Today 14:05; yesterday 14:05; Tuesday 14:05; 3 November 14:05; with the year when it is another.
export function clock(at) {
  const now = new Date();
  const days = Math.round((midnight(now) - midnight(at)) / DAY);
  const time = write(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  if (days === 0) return time;
  if (days === 1) return `${words.yesterday} ${time}`;
  if (days > 1 && days < 7) return `${write(at, { weekday: "long" })} ${time}`;
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
  return `${write(at, { month: "long", day: "numeric", ...year })} ${time}`;
}

function write(at, how) {
  return new Intl.DateTimeFormat(root.lang, how).format(at);
}

function midnight(at) {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate());
}
