// One bubble as elements. Whatever anybody wrote becomes text nodes, never markup.

import { words } from "./words.js";

const LINK = /https?:\/\/[^\s<>"'\u2018-\u201f\u3000-\u9fff\uff00-\uffef]+/g;
const SVG = "http://www.w3.org/2000/svg";

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function drawing(which, name = "") {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#draw-${which}`);
  svg.setAttribute("aria-hidden", "true");
  if (name) svg.setAttribute("class", name);
  svg.append(use);
  return svg;
}

// `press(choice)` is called for a button, `loaded(height)` when a photo has taken its place.
export function drawBubble(entry, { press, loaded }) {
  const isOurs = entry.from === "us";
  const bubble = make("div", { class: entry.photos || entry.urls ? "bubble pictures" : "bubble" });
  bubble.append(make("span", { class: "unseen" }, isOurs ? words.they : words.you), ...content(entry, loaded));
  const said = make("div", { class: "said" }, bubble);
  if (entry.choices && entry.choices.length) said.append(drawChoices(entry.choices, press));
  if (entry.problem) said.append(drawProblem(entry.problem));
  const beside = isOurs ? drawing("road", "road") : drawMark(entry.state || "sent");
  return make("div", { class: `turn ${isOurs ? "us" : "you"}`, "data-id": entry.id }, beside, said);
}

export function drawMark(state) {
  const name = { waiting: words.waiting, sent: words.sent, refused: words.not_sent }[state];
  return make("span", { class: `mark ${state}` }, drawing(state), make("span", { class: "unseen" }, name));
}

export function drawProblem(sentence) {
  return make("p", { class: "problem", role: "alert" }, sentence);
}

function drawChoices(choices, press) {
  const group = make("div", { class: "choices", role: "group", "aria-label": words.choices });
  for (const choice of choices) {
    const button = make("button", { type: "button" }, choice.label);
    button.addEventListener("click", () => press(choice));
    group.append(button);
  }
  return group;
}

function content(entry, loaded) {
  const said = entry.label || entry.text || entry.choice;
  const urls = entry.urls || (entry.photos || []).map((id) => `/api/photos/${id}`);
  const parts = [
    ...(entry.picture ? [pictureOfOurs(entry.picture, loaded)] : []),
    ...(said ? linked(said) : []),
    ...(entry.position ? [position(entry.position)] : []),
    ...urls.map((url) => picture(url, loaded)),
  ];
  return parts.length ? parts : [make("em", {}, words.forgotten)];
}

// Text stays text; only http and https become links.
function linked(text) {
  const parts = [];
  let done = 0;
  for (let match = LINK.exec(text); match; match = LINK.exec(text)) {
    const url = match[0].replace(/[.,;:!?)\]}]+$/, "");
    parts.push(text.slice(done, match.index), make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, url));
    done = match.index + url.length;
  }
  return [...parts, text.slice(done)].filter((part) => part !== "");
}

function position({ latitude, longitude, accuracy }) {
  const where = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  const around = accuracy ? words.around.replace("{metres}", Math.ceil(accuracy)) : "";
  const lines = make("span", {}, make("b", {}, words.here), make("small", {}, where), make("small", {}, around));
  return make("span", { class: "position" }, drawing("place"), lines);
}

// Whole, for one holds it up to be read; where it cannot be drawn or fetched, the words stand alone.
function pictureOfOurs(url, loaded) {
  const image = make("img", { src: url, alt: words.picture });
  const link = make("a", { href: url, target: "_blank", rel: "noopener", class: "ours" }, image);
  image.addEventListener("load", () => loaded(image.height));
  image.addEventListener("error", () => link.remove());
  return link;
}

function picture(url, loaded) {
  const image = make("img", { src: url, alt: words.photo_of_yours, loading: "lazy", width: "180", height: "180" });
  image.addEventListener("load", () => loaded(image.height));
  return make("a", { href: url, target: "_blank", rel: "noopener" }, image);
}
