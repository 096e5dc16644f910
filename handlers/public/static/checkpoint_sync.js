// Between phone and ledger: fetch the list, ask for a second look, hand in what was checked. Each of these may fail quietly.
import { drop, enter, keep, waiting } from "./checkpoint_store.js";

const LIST = "/staff/checkpoint/list";
const AT_ONCE = 100;
const PATIENCE_MS = 15_000;

async function asked(address, options = {}) {
  return fetch(address, { credentials: "same-origin", cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS), ...options });
}

// The list of whoever is signed in; null when nobody is, and then the old one is given up. Throws without a network.
export async function fetchList() {
  const answer = await asked(LIST);
  if (answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect") {
    await drop("list");
    return null;
  }
  if (!answer.ok) throw new Error(`list: ${answer.status}`);
  const list = await answer.json();
  await keep("list", list);
  await keep("keys", { keys: list.keys, at: list.at });
  return list;
}

// The keys alone, which anybody may have.
export async function fetchKeys() {
  const answer = await asked("/checkpoint/keys.json");
  if (!answer.ok) throw new Error(`keys: ${answer.status}`);
  const found = await answer.json();
  await keep("keys", found);
  return found;
}

// What the ledger says; null when there is no network, nobody is signed in, or it takes too long.
export async function lookAgain(list, look) {
  try {
    const fields = { form: list.form, shown: look.shown, plate: look.plate || "", point: look.gate?.id || "" };
    const answer = await asked("/staff/checkpoint/look", { method: "POST", body: new URLSearchParams(fields) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

// Hand in what waits, a hundred at a time; gives {taken, changed, left}. Throws without a network.
export async function handIn(list) {
  const done = { taken: 0, changed: [], refused: [], left: 0 };
  for (;;) {
    const batch = (await waiting()).slice(0, AT_ONCE);
    if (!batch.length) return done;
    const sent = batch.map(({ mark, shown, deed, at, told, reason, plate_seen, point, place, offline, writ }) =>
      ({ mark, shown, deed, at, told, reason, plate_seen, point, place, offline, writ }));
    const body = new URLSearchParams({ form: list.form, scans: JSON.stringify(sent) });
    const answer = await asked("/staff/checkpoint/scans", { method: "POST", body });
    if (!answer.ok) throw new Error(`scans: ${answer.status}`);
    const { answers } = await answer.json();
    for (const one of answers) {
      const scan = batch.find(({ mark }) => mark === one.mark);
      if (!scan) continue;
      await enter({ ...scan, taken: !one.refused, refused: one.refused || null, verdict: one.verdict });
      if (one.refused) done.refused.push({ ...scan, words: one.refused });
      else done.taken += 1;
      if (one.told) done.changed.push({ ...scan, word: one.word });
    }
    if (answers.length < batch.length) throw new Error("scans: not all were answered");
  }
}
