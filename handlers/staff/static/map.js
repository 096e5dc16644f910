// A map in place of the sketch. Whatever is missing, be it Leaflet or the tiles, leaves the sketch where it is.
const CLOSEST = 18;
const CLOSE = 15; // a report alone: its road and the next exits
const PIN = 26;

const L = window.L;
const article = document.getElementById("ticket");
let shown = null;

if (L && article) {
  place();
  new MutationObserver(place).observe(article, { childList: true }); // news that was asked for comes with a sketch of its own
}

function place() {
  const figure = article.querySelector(".sketch[data-tiles]");
  if (!figure || figure.querySelector(".map")) return;
  shown?.remove();
  shown = drawn(figure);
}

function drawn(figure) {
  const { tiles, credit, points, label } = figure.dataset;
  const sketch = figure.querySelector("svg");
  const frame = document.createElement("div");
  frame.className = "map";
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", label);
  sketch.replaceWith(frame);
  figure.classList.add("mapped");

  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(frame, {
    attributionControl: false,
    dragging: !L.Browser.mobile, // one finger scrolls the page, two move the map
    fadeAnimation: !calm,
    markerZoomAnimation: !calm,
    maxZoom: CLOSEST,
    scrollWheelZoom: false,
    zoomAnimation: !calm,
    zoomControl: false,
  });
  L.control.zoom({ zoomInTitle: figure.dataset.in, zoomOutTitle: figure.dataset.out }).addTo(map);
  if (credit) L.control.attribution({ prefix: false }).addAttribution(escaped(credit)).addTo(map);

  const all = JSON.parse(points);
  for (const point of all) pin(point).addTo(map);
  map.fitBounds(all.map((point) => point.at), { maxZoom: CLOSE, padding: [PIN, PIN], animate: false });

  let came = false;
  const ground = new (quiet())(tiles, { maxZoom: CLOSEST, referrerPolicy: "strict-origin" }); // some refuse who does not say whence
  ground.on("tileload", () => (came = true));
  ground.once("load", () => came || setTimeout(back));
  ground.addTo(map);
  return map;

  // No tile at all: a sketch tells more than an empty square.
  function back() {
    if (shown !== map) return;
    shown = null;
    map.remove();
    figure.classList.remove("mapped");
    delete figure.dataset.tiles;
    frame.replaceWith(sketch);
  }
}

function pin({ at, label, number }) {
  const mark = document.createElement(label ? "a" : "span");
  mark.textContent = label;
  mark.title = number;
  mark.setAttribute("aria-label", `${label} ${number}`.trim());
  if (label) mark.href = `/staff/tickets/${number}`;
  else mark.setAttribute("role", "img");
  const icon = L.divIcon({ className: label ? "pin" : "pin here", html: mark, iconSize: [PIN, PIN] });
  return L.marker(at, { icon, keyboard: false, interactive: false, zIndexOffset: label ? 0 : 1000 });
}

// Leaflet empties a tile that it drops with a data: picture, which our policy refuses; to drop it is enough.
function quiet() {
  const drop = L.GridLayer.prototype._removeTile;
  return L.TileLayer.extend({
    _abortLoading() {},
    _removeTile(key) {
      drop.call(this, key);
    },
  });
}

function escaped(text) {
  const line = document.createElement("span");
  line.textContent = text;
  return line.innerHTML;
}
