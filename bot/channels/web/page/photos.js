// A phone's photo has 4 to 12 MB; on a bad network 2048 pixels arrive, and say as much.

const TAKEN = ["image/jpeg", "image/png", "image/webp", "image/gif"];
const LARGE = 2 * 1024 * 1024;
const LONGEST_SIDE = 2048;
const QUALITY = 0.82;

// A photo as the server takes it: smaller when it is large, JPEG when the phone has a format of its own (HEIC).
export async function shrunk(photo) {
  const isTaken = TAKEN.includes(photo.type);
  if (isTaken && photo.size <= LARGE) return photo;
  try {
    const picture = await drawable(photo);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.naturalWidth, picture.naturalHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.naturalWidth * scale);
    canvas.height = Math.round(picture.naturalHeight * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(picture.src);
    const smaller = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    return smaller && (!isTaken || smaller.size < photo.size) ? smaller : photo;
  } catch (_) {
    return photo;
  }
}

function drawable(photo) {
  return new Promise((resolve, reject) => {
    const picture = new Image();
    picture.onload = () => resolve(picture);
    picture.onerror = reject;
    picture.src = URL.createObjectURL(photo);
  });
}
