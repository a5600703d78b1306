/** Reads codes out of pictures: with the browser's own reader where it has one, else with ZXing in plain script. */

export type Picture = HTMLVideoElement | ImageBitmap;
export type Read = (picture: Picture) => Promise<string | null>;

interface Detector {
  detect(picture: Picture): Promise<{ rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

const WANTED = ['qr_code', 'data_matrix', 'code_128', 'code_39', 'ean_13'];

/** The reader of this browser. */
export async function reader(): Promise<Read> {
  const own = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  const formats = own ? (await own.getSupportedFormats().catch(() => [])).filter((each) => WANTED.includes(each)) : [];
  if (own && formats.includes('qr_code') && formats.includes('code_128')) {
    const detector = new own({ formats });
    return async (picture) => (await detector.detect(picture))[0]?.rawValue ?? null;
  }
  const { readGrey } = await import('./zxing');
  return async (picture) => {
    const pixels = pixelsOf(picture);
    return pixels && readGrey(greyOf(pixels.data), pixels.width, pixels.height);
  };
}

/** At most so many pixels wide or high: finer ones take longer and find no more. */
const MOST = 1600;

function pixelsOf(picture: Picture): ImageData | null {
  const [wide, high] = picture instanceof HTMLVideoElement ? [picture.videoWidth, picture.videoHeight] : [picture.width, picture.height];
  if (!wide || !high) return null;
  const scale = Math.min(1, MOST / Math.max(wide, high));
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [Math.round(wide * scale), Math.round(high * scale)];
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return pen?.getImageData(0, 0, canvas.width, canvas.height) ?? null;
}

/** Luminance (ITU-R BT.601, in 1/1024) of RGBA pixels; what is transparent is white. */
export function greyOf(rgba: Uint8ClampedArray): Uint8ClampedArray {
  const grey = new Uint8ClampedArray(rgba.length / 4);
  for (let i = 0, at = 0; i < grey.length; i++, at += 4) {
    const alpha = rgba[at + 3]! / 255;
    const light = (306 * rgba[at]! + 601 * rgba[at + 1]! + 117 * rgba[at + 2]!) >> 10;
    grey[i] = light * alpha + 255 * (1 - alpha);
  }
  return grey;
}
