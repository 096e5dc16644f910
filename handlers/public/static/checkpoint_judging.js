// The verdict that a phone can give alone: the same order as hotline/passes/verifying.py, as far as it knows.
// It never says that somebody may not pass: what is not valid goes to a person.
import { checkOf, isSound, read } from "./checkpoint_face.js";

const MINUTE = 60_000;
const EPOCH = Date.UTC(2020, 0, 1);
const EARLY = { r: "revoked", s: "superseded", u: "used" };
const SWIFTEST_KMH = 100;
const ROUGH_M = 5_000;
const SAME_GATE = 10 * MINUTE;
const EARTH_M = 6_371_008.8;

export const PASSING = ["passed", "entered", "left"];

// The digits that were typed, with gaps or not; null when it is a code.
export function numberIn(text) {
  const plain = text.normalize("NFKC").replace(/[\s\-—.]/g, "");
  return /^(\d{12}|\d{15})$/.test(plain) ? plain : null;
}

// A plate as it is compared.
export function plateOf(text) {
  return text.normalize("NFKC").replace(/[\s·•.\-]/g, "").toUpperCase();
}

// `known`: {keys, list, colours, bits}; `look`: {shown, plate, at, gate, officer}; `before`: this phone's own checks.
// Gives {verdict, why, face, number, byHand, earlier}; `why` names a sentence where the verdict alone does not.
export async function judge(look, known, before) {
  const number = numberIn(look.shown);
  if (number) return byNumber(number, look, known, before);
  const seen = read(look.shown, known.colours);
  if (!seen) return { verdict: "unknown", why: "unknown" };
  const key = known.keys[seen.key];
  if (!key) {
    const newest = Math.max(0, ...Object.keys(known.keys).map(Number));
    return seen.key > newest ? { verdict: "unknown", why: "newer_key", claimed: seen.face } : { verdict: "forged", claimed: seen.face };
  }
  if (!(await isSound(seen, key))) return { verdict: "altered", claimed: seen.face };
  const { face } = seen;
  const found = { face, number: face.number };
  if (look.plate && ![face.plate, face.trailer].includes(plateOf(look.plate))) return { ...found, verdict: "lent" };
  return { ...found, ...state(face.number, face, look, known, before) };
}

async function byNumber(number, look, known, before) {
  const found = { number, byHand: true };
  if (!known.list) return { ...found, verdict: "unknown", why: "no_list" };
  const early = known.list.early.find(([one]) => one === number);
  if (early) return { ...found, ...ended(early) };
  const live = known.list.live.find(([one]) => one === number);
  if (!live) return { ...found, verdict: "unknown", why: "not_listed" };
  const [, checks, from, until] = live;
  if (!look.plate) return { ...found, verdict: "unknown", why: "no_plate" };
  if (!checks.includes(await checkOf(number, plateOf(look.plate), known.bits))) return { ...found, verdict: "lent" };
  const face = { number, from: EPOCH + from * MINUTE, until: EPOCH + until * MINUTE, once: false };
  return { ...found, dates: face, ...state(number, face, look, known, before) };
}

function state(number, face, look, known, before) {
  const early = known.list?.early.find(([one]) => one === number);
  if (early) return ended(early);
  if (look.at < face.from) return { verdict: "not_yet", at: face.from };
  if (look.at >= face.until) return { verdict: "expired", at: face.until };
  const mine = before.filter((one) => one.number === number && PASSING.includes(one.deed));
  const near = mine.sort((a, b) => Math.abs(a.at - look.at) - Math.abs(b.at - look.at));
  const soon = near.find((one) => isTooSoon(one, look));
  if (soon) return { verdict: "replayed", why: soon.point === look.gate?.id ? "replayed_here" : "replayed", at: soon.at, earlier: soon };
  const used = face.once && near.find((one) => isSameWay(one, look));
  if (used) return { verdict: "used", why: "used_here", at: used.at, earlier: used };
  return { verdict: "valid" };
}

function ended([, letter, minute]) {
  return { verdict: EARLY[letter], at: minute ? EPOCH + minute * MINUTE : null };
}

function isTooSoon(one, look) {
  const apart = Math.abs(look.at - one.at);
  if (one.point && one.point === look.gate?.id) return apart < SAME_GATE && one.officer !== look.officer;
  if (!one.position || !look.gate?.at) return false;
  return metres(one.position, look.gate.at) > (SWIFTEST_KMH * 1000 * apart) / (60 * MINUTE) + ROUGH_M;
}

function isSameWay(one, look) {
  const here = one.point && one.point === look.gate?.id;
  return here && !(one.officer === look.officer && Math.abs(look.at - one.at) < SAME_GATE);
}

export function metres([aNorth, aEast], [bNorth, bEast]) {
  const rad = (degrees) => (degrees * Math.PI) / 180;
  const chord = Math.sin(rad(bNorth - aNorth) / 2) ** 2
    + Math.cos(rad(aNorth)) * Math.cos(rad(bNorth)) * Math.sin(rad(bEast - aEast) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(Math.min(1, chord)));
}
