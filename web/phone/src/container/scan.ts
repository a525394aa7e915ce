// Reads codes in pictures.

export interface Found {
  result: string;
  scanType: string;
}

interface Detector {
  detect(source: ImageBitmapSource): Promise<{ rawValue: string; format: string }[]>;
}

/** The browser's own reader knows bar codes too; the other one is for browsers without. */
async function reader(): Promise<Detector> {
  const { BarcodeDetector: Native } = globalThis as {
    BarcodeDetector?: { new (): Detector; getSupportedFormats(): Promise<string[]> };
  };
  if (Native && (await Native.getSupportedFormats()).includes("qr_code")) return new Native();
  const { BarcodeDetector } = await import("qr/decode.js");
  return new BarcodeDetector() as Detector;
}

/** The first code in a picture. */
export async function codeIn(source: ImageBitmapSource): Promise<Found | null> {
  const [code] = await (await reader()).detect(source);
  return code ? { result: code.rawValue, scanType: code.format.toUpperCase() } : null;
}
