// Words of the page in its language, and moments as the officer's wall clock has them.

const ZONE = "Asia/Shanghai";

export const known = JSON.parse(document.getElementById("known").textContent);

export function say(key, facts = {}) {
  const text = known.words[key];
  if (text === undefined) throw new Error(`no words for ${key}`);
  return text.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
}

const moments = new Intl.DateTimeFormat(document.documentElement.lang, {
  timeZone: ZONE, month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});

export const moment = (at) => moments.format(at);

// How long ago, in the largest unit that says it.
export function age(ms) {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 1) return say("page.age.now");
  if (minutes < 60) return say("page.age.minutes", { many: minutes });
  if (minutes < 48 * 60) return say("page.age.hours", { many: Math.round(minutes / 60) });
  return say("page.age.days", { many: Math.round(minutes / 1440) });
}
