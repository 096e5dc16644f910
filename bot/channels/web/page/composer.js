// Everything one can say with: the text box, the location, photos, and the sentence above them when something is wrong.

import { recall, remember } from "./store.js";
import { words } from "./words.js";

const MOST_PHOTOS = 9;
const TALLEST = 140;
const LOCATION = { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 };

const box = document.getElementById("text");
const place = document.getElementById("place");
const photo = document.getElementById("photo");
const files = document.getElementById("files");
const sentence = document.getElementById("notice");

// `say(parts, files)` takes what was said.
export function compose(say) {
  box.value = recall("draft", "");
  typed();
  box.addEventListener("input", typed);
  box.addEventListener("keydown", (event) => {
    // Enter that ends a Chinese input method's word is not meant for us.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send(say);
  });
  document.getElementById("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send(say);
    box.focus();
  });
  place.addEventListener("click", () => locate(say));
  photo.addEventListener("click", () => files.click());
  files.addEventListener("change", () => attach(say));
}

// A sentence above the text box; `about` says what may take it away again.
export function notice(text, about = "") {
  sentence.textContent = text;
  sentence.dataset.about = about;
  sentence.hidden = !text;
}

export function withdraw(about) {
  if (sentence.dataset.about === about) notice("");
}

// What the newest bubble asks for stands out.
export function prefer(wants) {
  place.classList.toggle("wanted", wants.includes("position"));
  photo.classList.toggle("wanted", wants.includes("photos"));
}

function send(say) {
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  typed();
  withdraw("place");
  say({ text });
}

function typed() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, TALLEST)}px`;
  document.getElementById("send").disabled = !box.value.trim();
  remember("draft", box.value);
}

function locate(say) {
  if (!navigator.geolocation || window.isSecureContext === false) {
    typeInstead(words.place_insecure);
    return;
  }
  withdraw("place");
  place.setAttribute("aria-busy", "true");
  navigator.geolocation.getCurrentPosition(
    ({ coords: { latitude, longitude, accuracy } }) => {
      place.removeAttribute("aria-busy");
      say({ position: { latitude, longitude, accuracy } });
    },
    ({ code, PERMISSION_DENIED, TIMEOUT }) => {
      place.removeAttribute("aria-busy");
      const why = { [PERMISSION_DENIED]: words.place_denied, [TIMEOUT]: words.place_timeout };
      typeInstead(why[code] || words.place_unknown);
    },
    LOCATION,
  );
}

function typeInstead(why) {
  notice(why, "place");
  box.focus();
}

function attach(say) {
  const chosen = [...files.files];
  files.value = "";
  if (!chosen.length) return;
  if (chosen.length > MOST_PHOTOS) notice(words.photos_nine, "place");
  say({}, chosen.slice(0, MOST_PHOTOS));
}
