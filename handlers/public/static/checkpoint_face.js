// What a QR code holds, read as hotline/passes/face.py writes it, and its signature proven by the browser itself.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const SIGNATURE = 64; // bytes: r and s of P-256
const EPOCH = Date.UTC(2020, 0, 1);
const MINUTE = 60_000;
const MOST_VIA = 8;
const KNOWN_FLAGS = 3;

// The payload alone, whatever address stands before it.
export function payloadOf(text) {
  return text.trim().toUpperCase().split("/").pop().split("?")[0].split("#")[0];
}

// Base32 without padding into bytes; null for what only nearly is it.
export function bytesOf(text) {
  if (!text || [1, 3, 6].includes(text.length % 8)) return null;
  const bytes = [];
  let held = 0, bits = 0;
  for (const letter of text) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) return null;
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
      held &= (1 << bits) - 1;
    }
  }
  return held ? null : new Uint8Array(bytes);
}

// The face, its key's number, and the bytes that were signed; null for what is none of our codes.
export function read(text, colours) {
  const raw = bytesOf(payloadOf(text));
  if (!raw || raw.length <= SIGNATURE) return null;
  const body = raw.slice(0, -SIGNATURE);
  try {
    return { ...faceOf(body, colours), body, signature: raw.slice(-SIGNATURE) };
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return null;
    throw error;
  }
}

function faceOf(body, colours) {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  let at = 0;
  const take = (count) => {
    if (at + count > body.length) throw new RangeError("too short");
    at += count;
    return at - count;
  };
  const byte = () => body[take(1)];
  const code = () => {
    const from = take(3);
    return String((body[from] << 16) | (body[from + 1] << 8) | body[from + 2]).padStart(6, "0");
  };
  const moment = () => EPOCH + view.getUint32(take(4)) * MINUTE;
  const words = () => {
    const long = byte(), from = take(long);
    return utf8.decode(body.subarray(from, from + long));
  };
  const version = byte(), key = byte(), flags = byte();
  if (version !== 1 || flags > KNOWN_FLAGS) throw new RangeError("another version");
  const number = String(view.getBigUint64(take(8))).padStart(12, "0");
  const from = moment(), until = moment(), origin = code(), destination = code();
  const via = Array.from({ length: byte() }, code);
  const colour = colours[byte()];
  const [plate, trailer, goods] = [words(), words(), words()];
  if (at !== body.length || via.length > MOST_VIA || colour === undefined || !plate) throw new RangeError("not of this form");
  const kind = flags & 1 ? "filing" : "pass";
  return { key, face: { kind, number, plate, colour, origin, destination, via, trailer, goods, from, until, once: Boolean(flags & 2) } };
}

// Whether this key (the hexadecimal of its point) signed it.
export async function isSound(seen, key) {
  const raw = Uint8Array.from(key.match(/../g), (pair) => parseInt(pair, 16));
  const proven = await crypto.subtle.importKey("raw", raw, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, proven, seen.signature, seen.body);
}

// Twenty bits of number and plate, as hotline/passes/offline.py makes them.
export async function checkOf(number, plate, bits) {
  const text = new TextEncoder().encode(`changxing/${number}/${plate}`);
  const digest = new DataView(await crypto.subtle.digest("SHA-256", text));
  return digest.getUint32(0) >>> (32 - bits);
}
