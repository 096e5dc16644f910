// The camera: the browser's own BarcodeDetector where there is one, else the decoder that `make assets` brought.

const EVERY_MS = 120;

async function reader(decoder) {
  if ("BarcodeDetector" in globalThis) {
    const formats = await globalThis.BarcodeDetector.getSupportedFormats().catch(() => []);
    if (formats.includes("qr_code")) return own(new globalThis.BarcodeDetector({ formats: ["qr_code"] }));
  }
  if (!decoder) return null;
  const { decodeQR } = await import(decoder);
  return (video) => bundled(decodeQR, video);
}

function own(detector) {
  return async (video) => (await detector.detect(video).catch(() => []))[0]?.rawValue ?? null;
}

const canvas = document.createElement("canvas");
const LONGEST = 720; // pixels of the longer side: enough for a code that fills a third, and quick on a cheap phone

function bundled(decodeQR, video) {
  const scale = Math.min(1, LONGEST / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  if (!canvas.width || !canvas.height) return null;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  try {
    return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height));
  } catch {
    return null; // no code in this picture
  }
}

// Why there is no camera here, as the name of a sentence; null when there may be one.
export function whyNot(decoder) {
  if (!globalThis.isSecureContext) return "insecure";
  if (!navigator.mediaDevices?.getUserMedia) return "no_camera";
  return "BarcodeDetector" in globalThis || decoder ? null : "no_decoder";
}

// Look until `seen` has a code or `stop` is called; gives `stop`. Throws when the camera is refused.
export async function look(video, decoder, seen) {
  const read = await reader(decoder);
  if (!read) throw new Error("no_decoder");
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
  });
  let on = true;
  const stop = () => {
    on = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  video.srcObject = stream;
  await video.play();
  (async () => {
    while (on) {
      const text = video.readyState >= 2 ? await read(video) : null;
      if (text && on) {
        stop();
        seen(text);
      } else {
        await new Promise((later) => setTimeout(later, EVERY_MS));
      }
    }
  })();
  return stop;
}
