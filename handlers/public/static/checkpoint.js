// The checkpoint page: what an officer shows the phone, the verdict, and what he does; everything works without a network.
import { look as watch, whyNot } from "./checkpoint_camera.js";
import { judge, numberIn, plateOf } from "./checkpoint_judging.js";
import { enter, keep, kept, scans, strike, tidy, waiting } from "./checkpoint_store.js";
import { fetchKeys, fetchList, handIn, lookAgain } from "./checkpoint_sync.js";
import { age, known, moment, say } from "./checkpoint_words.js";

const REFRESH_MS = 5 * 60_000;
const RETRY_MS = 20_000;
const STALE_MS = 24 * 3_600_000;
const GRAVE = ["forged", "altered", "lent", "replayed", "revoked"];
const el = (id) => document.getElementById(id);
const all = { list: null, keys: {}, places: {}, gate: null, place: "", look: null, judged: null, confirmed: false, stop: null, online: false, tried: false };

// What the phone knows

async function remember() {
  all.list = (await kept("list")) ?? null;
  const found = await kept("keys");
  all.keys = found?.keys ?? {};
  all.keysAt = found?.at ?? 0;
  const where = (await kept("where")) ?? {};
  all.place = where.place ?? "";
  all.gate = all.list?.gates.find(({ id }) => id === where.gate) ?? null;
  all.places = (await kept("places")) ?? {};
}

// One at a time; who asks meanwhile (the network came back just now) is served right after.
let refreshing = null, again = false, later = 0;
async function refresh() {
  if (refreshing) {
    again = true;
    return refreshing;
  }
  clearTimeout(later);
  refreshing = refreshed();
  await refreshing;
  refreshing = null;
  if (again) {
    again = false;
    await refresh();
  } else if (!all.online) {
    later = setTimeout(refresh, RETRY_MS); // no event tells that a house is back
  }
}

async function refreshed() {
  try {
    all.list = await fetchList();
    if (all.list) ({ keys: all.keys, at: all.keysAt } = all.list);
    else ({ keys: all.keys, at: all.keysAt } = await fetchKeys());
    all.online = true;
    if (all.list) await give(await handIn(all.list));
    await fetchPlaces();
  } catch {
    all.online = false; // no network, or the house is away: what is kept goes on to serve
  }
  all.tried = true;
  await remember();
  await tidy(Date.now());
  await paint();
}

async function fetchPlaces() {
  if (Object.keys(all.places).length) return;
  const answer = await fetch(known.places);
  if (answer.ok) await keep("places", await answer.json());
}

async function give(done) {
  const news = (await kept("news")) ?? [];
  for (const one of done.changed) news.push(say("page.changed", { number: one.number || "", at: moment(one.at), told: say(`verdict.${one.told}`), word: one.word }));
  for (const one of done.refused) {
    news.push(one.words);
    await strike(one.mark);
  }
  await keep("news", news.slice(-20));
}

// The head of the page

async function paint() {
  const net = el("net");
  net.hidden = !all.tried && navigator.onLine; // nothing is said of the network before it was tried
  net.textContent = say(all.online ? "page.online" : "page.offline");
  net.className = all.online ? "pill on" : "pill";
  el("stranger").hidden = Boolean(all.list) || !all.tried;
  const old = all.list && Date.now() - all.list.at > STALE_MS;
  el("stale").hidden = !old;
  if (old) el("stale").textContent = say("page.stale", { age: age(Date.now() - all.list.at) });
  const unseen = Object.values(all.list?.alerted ?? {}).filter(Boolean).length;
  el("alerts").hidden = !unseen;
  el("alerts").firstElementChild.textContent = say("page.alerts", { many: unseen });
  el("where").hidden = !all.list;
  el("mine").hidden = !all.list && !(await waiting()).length;
  paintGates();
  await paintMine();
}

function paintGates() {
  const choice = el("gate");
  while (choice.options.length > 1) choice.remove(1);
  for (const gate of all.list?.gates ?? []) {
    const name = [gate.road, gate.name, gate.direction].filter(Boolean).join(" ");
    choice.add(new Option(name, gate.id, false, gate.id === all.gate?.id));
  }
  if (document.activeElement !== el("place")) el("place").value = all.place;
  el("gate-name").textContent = all.gate?.name || all.place || say("page.gate.none");
}

async function paintMine() {
  const mine = await scans(), left = await waiting(), since = Date.now() - STALE_MS;
  const today = mine.filter(({ at }) => at > since).length;
  const parts = [say("page.today", { many: today }), left.length ? say("page.waiting", { many: left.length }) : say("page.none_waiting")];
  if (all.list) parts.push(say("page.list", { age: age(Date.now() - all.list.at), name: all.list.officer.name, many: all.list.live.length }));
  el("queue").textContent = parts.join(" · ");
  el("hand-in").hidden = !left.length;
  el("news").replaceChildren(...((await kept("news")) ?? []).map((words) => Object.assign(document.createElement("li"), { textContent: words })));
}

// A check

async function check(shown, plate = "") {
  halt();
  const now = Date.now();
  all.look = { shown, plate, at: now, gate: all.gate, officer: all.list?.officer.id };
  all.confirmed = false;
  const asked = all.look;
  const local = await judge(asked, { keys: all.keys, list: all.list, colours: known.colours, bits: known.bits }, await scans());
  if (all.look !== asked) return;
  show(local);
  const second = all.list && (await lookAgain(all.list, asked));
  if (!second || all.look !== asked || !el("done").hidden) return;
  all.confirmed = true;
  show({ ...local, ...second, face: second.face ?? local.face, dates: null, why: undefined, told: { why: second.why, do: second.do } });
}

function show(judged) {
  const before = all.judged?.verdict;
  all.judged = judged;
  el("ask").hidden = true;
  const panel = el("verdict"), face = judged.face, { verdict } = judged;
  const again = !panel.hidden && before === verdict;
  panel.hidden = false;
  el("band").className = verdict === "valid" ? "go" : GRAVE.includes(verdict) ? "stop" : "ask";
  el("word").textContent = `${verdict === "valid" ? "✓" : GRAVE.includes(verdict) ? "✕" : "!"} ${say(`verdict.${verdict}`)}`;
  el("why").textContent = judged.told?.why ?? say(`why.${judged.why ?? verdict}`, { at: judged.at ? moment(judged.at) : "", kmh: 100 });
  el("do").textContent = judged.told?.do ?? say(`do.${verdict}`);
  el("alerted").hidden = !(judged.number in (all.list?.alerted ?? {}));
  paintTruck(face);
  paintFacts(judged);
  if (!again || !all.confirmed) putAway(); // a late second look that agrees takes no form out of his hand
  paintDeeds(judged);
  if (!again) {
    el("word").focus();
    navigator.vibrate?.(verdict === "valid" ? 80 : [120, 80, 120, 80, 120]);
  }
}

function paintTruck(face) {
  const plate = face?.plate ?? (all.judged.byHand ? plateOf(all.look.plate || "") : "");
  el("truck").hidden = !plate;
  el("number-plate").textContent = plate;
  el("number-plate").className = face?.colour ?? "";
  el("trailer").textContent = face?.trailer ? say("page.trailer", { plate: face.trailer }) : "";
  const places = face?.origin ? [face.origin, ...face.via, face.destination] : [];
  el("way").hidden = !face && !all.judged.byHand;
  el("way").textContent = places.length ? places.map((code) => all.places[code] ?? code).join(" → ") : say("page.no_route");
}

function paintFacts(judged) {
  const { face } = judged, dates = face ?? judged.dates, rows = [];
  if (all.look.plate && face && ![face.plate, face.trailer].includes(plateOf(all.look.plate))) rows.push(["page.seen", plateOf(all.look.plate)]);
  if (judged.number && !["altered", "forged"].includes(judged.verdict)) rows.push(["page.number", judged.number]);
  if (dates?.until) rows.push(["page.holds", say("page.from_until", { since: moment(dates.from), until: moment(dates.until) })]);
  if (face?.goods) rows.push(["page.goods", known.goods[face.goods] ?? face.goods]);
  if (face) rows.push(["page.colour", known.colour_words[face.colour]]);
  if (face?.once) rows.push(["page.uses", say("page.once")]);
  if (judged.gate) rows.push(["page.earlier", judged.gate]);
  const issuer = judged.issuer ?? all.list?.issuer;
  rows.push(["page.issuer", [issuer?.name, issuer?.phone || say("page.phone.none")].filter(Boolean).join(" ")]);
  el("facts").replaceChildren(...rows.flatMap(([key, value]) => [node("dt", say(key)), node("dd", value)]));
  const listed = all.list ? say("page.proof.list", { age: age(Date.now() - all.list.at) }) : say("page.proof.no_list");
  const proofs = [judged.byHand ? say("page.proof.by_hand") : face && say("page.proof.signature"), listed, say(all.confirmed ? "page.proof.online" : "page.proof.offline")];
  el("proofs").replaceChildren(...proofs.filter(Boolean).map((words) => node("li", words)));
}

function putAway() {
  for (const id of ["done", "stop", "other"]) el(id).hidden = true;
  for (const id of ["hold", "differs"]) el(id).setAttribute("aria-expanded", "false");
}

function paintDeeds({ verdict, face }) {
  const trip = face?.kind === "filing", may = Boolean(all.list);
  el("deeds").hidden = !may;
  el("deeds").className = verdict === "valid" ? "" : "doubt";
  el("pass").hidden = trip;
  el("enter").hidden = el("leave").hidden = !trip;
  el("differs").hidden = !face;
  if (!may) {
    el("done").hidden = false;
    el("done").textContent = say("page.not_kept");
  }
}

function node(name, words) {
  return Object.assign(document.createElement(name), { textContent: words });
}

// What the officer does

async function record(deed, reason = null) {
  if (!all.list || !el("done").hidden) return;
  const { look, judged } = all;
  el("done").hidden = false; // at once: a second tap is no second check
  el("deeds").hidden = el("stop").hidden = el("other").hidden = true;
  await enter({
    mark: crypto.randomUUID(), shown: look.shown, deed, at: Date.now(), told: judged.verdict, reason, plate_seen: look.plate || null,
    point: all.gate?.id ?? null, place: all.gate ? null : all.place || null, offline: !all.confirmed, writ: all.list.writ,
    number: judged.number ?? numberIn(look.shown), officer: all.list.officer.id, position: all.gate?.at ?? null, taken: false,
  });
  el("deeds").hidden = el("stop").hidden = el("other").hidden = true;
  el("done").textContent = say(`page.done.${deed}`);
  el("next").focus();
  await paintMine();
  refresh();
}

function next() {
  all.look = all.judged = null;
  el("verdict").hidden = true;
  el("ask").hidden = false;
  el("hand").reset();
  (el("camera").hidden ? el("number") : el("camera")).focus();
}

// Camera

function halt() {
  all.stop?.();
  all.stop = null;
  el("view").hidden = true;
  el("camera").hidden = Boolean(whyNot(known.decoder));
}

async function scan() {
  el("camera").hidden = true;
  el("camera-why").hidden = true;
  el("view").hidden = false;
  try {
    all.stop = await watch(el("video"), known.decoder, (text) => check(text));
  } catch (error) {
    halt();
    el("camera-why").textContent = say(error.name === "NotAllowedError" ? "page.camera.refused" : "page.camera.none");
    el("camera-why").hidden = false;
  }
}

// Hands

el("hand").addEventListener("submit", (event) => {
  if (!globalThis.isSecureContext) return; // the browser proves nothing here: the house looks it up
  event.preventDefault();
  check(el("number").value, el("plate").value);
});
el("number").addEventListener("input", () => { el("plate").required = numberIn(el("number").value) !== null || el("number").value.length < 40; });
el("camera").addEventListener("click", scan);
el("camera-stop").addEventListener("click", halt);
el("next").addEventListener("click", next);
el("pass").addEventListener("click", () => record("passed"));
el("enter").addEventListener("click", () => record("entered"));
el("leave").addEventListener("click", () => record("left"));
for (const [button, form] of [["hold", "stop"], ["differs", "other"]]) {
  el(button).addEventListener("click", () => {
    const open = el(form).hidden;
    el("stop").hidden = el("other").hidden = true;
    el("hold").setAttribute("aria-expanded", "false");
    el("differs").setAttribute("aria-expanded", "false");
    el(form).hidden = !open;
    el(button).setAttribute("aria-expanded", String(open));
    if (open) el(form).querySelector("input").focus();
  });
}
el("stop").addEventListener("submit", (event) => {
  event.preventDefault();
  record("stopped", new FormData(event.target).get("reason"));
});
el("other").addEventListener("submit", (event) => {
  event.preventDefault();
  check(all.look.shown, el("seen").value);
});
for (const id of ["gate", "place"]) {
  el(id).addEventListener("change", async () => {
    all.gate = all.list?.gates.find((one) => String(one.id) === el("gate").value) ?? null;
    all.place = el("place").value.trim();
    await keep("where", { gate: all.gate?.id ?? null, place: all.place });
    paintGates();
  });
}
el("hand-in").addEventListener("click", refresh);
addEventListener("online", refresh);
addEventListener("offline", () => { all.online = false; paint(); });
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && Date.now() - (all.list?.at ?? 0) > REFRESH_MS) refresh();
});
setInterval(refresh, REFRESH_MS);
addEventListener("hashchange", handed);

// A code that the page of /v/ handed over stands behind the address's #; it is checked once.
function handed() {
  const code = location.hash.slice(1);
  if (!code) return;
  history.replaceState(null, "", location.pathname + location.search);
  check(code);
}

// The worker keeps the page; a newer one takes over at once, and the page with it unless a truck stands there.
function keepPage() {
  const worker = navigator.serviceWorker;
  if (!worker) return;
  const isFirst = !worker.controller;
  worker.addEventListener("controllerchange", () => !isFirst && !all.look && !all.stop && location.reload());
  worker.register(known.worker, { scope: "/checkpoint", updateViaCache: "none" });
}

// Begin

async function begin() {
  const no = whyNot(known.decoder);
  el("insecure").hidden = no !== "insecure";
  el("camera").hidden = Boolean(no);
  if (no && no !== "insecure") {
    el("camera-why").textContent = say(`page.camera.${no}`);
    el("camera-why").hidden = false;
  }
  if (!globalThis.isSecureContext) return;
  keepPage();
  navigator.storage?.persist?.();
  await remember();
  await paint();
  handed();
  await refresh();
}

begin();
