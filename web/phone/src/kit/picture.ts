// Pictures before they are sent: what cannot be shown is refused here, not after the upload, and what
// the host would find too large is made smaller.

/** As the host's limits (docs/limits.md): bytes of a file, pixels in all and of one side. */
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_PIXELS = 40_000_000;
const MAX_SIDE = 16_383;
/** Other kinds that this browser can read are sent as JPEG. */
const SENT_AS_THEY_ARE = ["image/jpeg", "image/png", "image/gif", "image/webp"];
/** Longest side of a picture that is made smaller: more than any screen shows. */
const SHRUNK_SIDE = 4096;
const SHRUNK_QUALITY = 0.9;

/** The file is damaged, or no picture that this browser can read. */
export class UnreadablePicture extends Error {}

/** The picture as it can be sent. Throws UnreadablePicture. */
export async function readPicture(file: File): Promise<File> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new UnreadablePicture(file.name);
  });
  try {
    const { width, height } = bitmap;
    const fits =
      SENT_AS_THEY_ARE.includes(file.type) &&
      file.size <= MAX_BYTES &&
      width * height <= MAX_PIXELS &&
      Math.max(width, height) <= MAX_SIDE;
    return fits ? file : await shrink(bitmap, file.name);
  } finally {
    bitmap.close();
  }
}

async function shrink(bitmap: ImageBitmap, name: string): Promise<File> {
  const scale = Math.min(1, SHRUNK_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d")!;
  // JPEG has no transparency.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((done) =>
    canvas.toBlob(done, "image/jpeg", SHRUNK_QUALITY),
  );
  if (!blob) throw new UnreadablePicture(name);
  return new File([blob], name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
}
