// The talk on the screen: bubbles left and right, times between them, buttons under the newest question.

import { drawBubble, drawMark, drawProblem } from "./drawing.js";
import { clock, words } from "./words.js";

const PAUSE = 5 * 60 * 1000;
const NEAR = 120;
const WELCOME = "welcome";

const log = document.getElementById("log");
const list = document.getElementById("bubbles");
const latest = document.getElementById("latest");
const typing = document.getElementById("typing");

export class Bubbles {
  // `press(choice)` is told when a button is pressed. An entry is a bubble as the API gives it; those said in this
  // page have a `state` (waiting, sent, refused) besides, and `urls` of their photos.
  constructor(press) {
    this.press = press;
    this.entries = [];
    this.turns = new Map();
    this.follows = true;
    log.addEventListener("scroll", () => this.scrolled(), { passive: true });
    if (window.ResizeObserver) new ResizeObserver(() => { if (this.follows) this.toEnd(); }).observe(log);
    latest.addEventListener("click", () => this.toEnd());
  }

  has(id) {
    return this.turns.has(String(id));
  }

  begun() {
    return this.entries.some((entry) => entry.id !== WELCOME);
  }

  // The newest row of ours that is on the screen.
  newestRow() {
    return this.entries.reduce((most, { from, id }) => (from === "us" && id > most ? id : most), 0);
  }

  wants() {
    const ours = this.entries.filter(({ from }) => from === "us");
    return (ours.length && ours[ours.length - 1].wants) || [];
  }

  // Whether a form is being filled in: its questions can be cancelled.
  isAsking() {
    const ours = this.entries.filter(({ from, choices }) => from === "us" && choices && choices.length);
    return ours.length > 0 && ours[ours.length - 1].choices.some(({ payload }) => payload === "/cancel");
  }

  // What the server has, as it would tell it.
  lasting() {
    const known = this.entries.filter(({ id, state }) => id !== WELCOME && (!state || state === "sent"));
    return known.map(({ key, files, uploaded, urls, state, ...entry }) => entry);
  }

  add(entry) {
    if (this.has(entry.id)) return;
    const goesToEnd = entry.from === "you" || this.isAtEnd();
    this.entries.push(entry);
    list.append(this.draw(entry));
    this.tidy();
    if (goesToEnd) this.toEnd();
    else latest.hidden = false;
  }

  // Put entries where their time says; what still waits to be sent stays last.
  merge(entries) {
    const fresh = entries.filter(({ id }) => !this.has(id));
    if (!fresh.length) return;
    if (this.has(WELCOME)) this.unwelcome(fresh);
    const wasAtEnd = this.isAtEnd();
    const fromEnd = log.scrollHeight - log.scrollTop;
    log.setAttribute("aria-busy", "true");
    for (const entry of fresh) {
      const next = this.entries.findIndex((other) => other.state === "waiting" || other.at > entry.at);
      const before = next < 0 ? null : this.turns.get(String(this.entries[next].id));
      this.entries.splice(next < 0 ? this.entries.length : next, 0, entry);
      list.insertBefore(this.draw(entry), before);
    }
    this.tidy();
    if (wasAtEnd) this.toEnd();
    else log.scrollTop = log.scrollHeight - fromEnd;
    setTimeout(() => log.setAttribute("aria-busy", "false"), 0);
  }

  // Drop everything but what was said in this page.
  keepOwn() {
    const own = this.entries.filter(({ state }) => state);
    this.entries = [];
    this.turns.clear();
    list.textContent = "";
    for (const entry of own) this.add(entry);
  }

  accept({ id, uploaded }) {
    const entry = this.entries.find((one) => one.id === id);
    if (!entry) return;
    entry.state = "sent";
    if (uploaded) entry.photos = uploaded;
    this.turns.get(id).querySelector(".mark").replaceWith(drawMark("sent"));
  }

  refuse(id, sentence) {
    const entry = this.entries.find((one) => one.id === id);
    if (!entry) return;
    Object.assign(entry, { state: "refused", problem: sentence });
    const turn = this.turns.get(id);
    turn.querySelector(".mark").replaceWith(drawMark("refused"));
    turn.querySelector(".said").append(drawProblem(sentence));
    this.tidy();
    this.toEnd();
  }

  think(yes) {
    if (typing.hidden !== yes) return;
    const wasAtEnd = this.isAtEnd();
    typing.hidden = !yes;
    if (wasAtEnd) this.toEnd();
  }

  welcome() {
    this.add({ from: "us", id: WELCOME, at: new Date().toISOString() });
  }

  // Whoever has talked to us before is not greeted as new.
  unwelcome(others) {
    const greeted = this.entries.find(({ id }) => id === WELCOME);
    if (!others.some(({ at }) => at < greeted.at)) return;
    this.turns.get(WELCOME).remove();
    this.turns.delete(WELCOME);
    this.entries = this.entries.filter((entry) => entry !== greeted);
  }

  // Draw everything anew, after a change of language.
  reword() {
    for (const entry of this.entries) {
      const old = this.turns.get(String(entry.id));
      old.replaceWith(this.draw(entry));
    }
    this.tidy();
  }

  isAtEnd() {
    return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  }

  // Whoever reads older words stays there; whoever is at the end stays at the end, also when the keyboard opens.
  scrolled() {
    this.follows = this.isAtEnd();
    if (this.follows) latest.hidden = true;
  }

  toEnd() {
    this.follows = true;
    log.scrollTop = log.scrollHeight;
    latest.hidden = true;
  }

  draw(entry) {
    if (entry.id === WELCOME) {
      Object.assign(entry, { text: words.welcome, choices: [{ payload: "/start", label: words.start }] });
    }
    const turn = drawBubble(entry, {
      press: (choice) => {
        log.focus({ preventScroll: true });
        this.press(choice);
      },
      loaded: (height) => {
        if (log.scrollHeight - log.scrollTop - log.clientHeight < NEAR + height) this.toEnd();
      },
    });
    this.turns.set(String(entry.id), turn);
    return turn;
  }

  // Times where the talk paused; buttons alive only under the newest question, until one was pressed.
  tidy() {
    for (const time of list.querySelectorAll("time")) time.remove();
    let last = 0;
    for (const entry of this.entries) {
      const at = new Date(entry.at);
      if (at - last > PAUSE) this.turns.get(String(entry.id)).before(timeOf(at));
      last = at;
    }
    const asked = this.entries.filter(({ choices }) => choices && choices.length);
    asked.forEach((entry, place) => this.light(entry, asked[place + 1]));
  }

  light(question, next) {
    const pressed = this.answerTo(question, next);
    const isSpent = next !== undefined || pressed !== undefined;
    const turn = this.turns.get(String(question.id));
    turn.classList.toggle("spent", isSpent);
    turn.querySelectorAll(".choices button").forEach((button, place) => {
      button.disabled = isSpent;
      button.classList.toggle("pressed", pressed === question.choices[place].payload);
    });
  }

  // The payload that was pressed under a question, before the next one was asked.
  answerTo(question, next) {
    const from = this.entries.indexOf(question) + 1;
    const until = next ? this.entries.indexOf(next) : this.entries.length;
    const later = this.entries.slice(from, until).filter(({ from: who, state }) => who === "you" && state !== "refused");
    const payloads = question.choices.map(({ payload }) => payload);
    const answer = later.find(({ choice }) => payloads.includes(choice));
    return answer && answer.choice;
  }
}

function timeOf(at) {
  const time = document.createElement("time");
  time.dateTime = at.toISOString();
  time.textContent = clock(at);
  return time;
}
