/** Photos are made smaller before they are kept or sent. */

export const LONGEST_EDGE = 1920;

/** Width and height that fit into the longest edge, never larger than they were. */
export function fitted(width: number, height: number, longest = LONGEST_EDGE): [number, number] {
  const share = Math.min(1, longest / Math.max(width, height));
  return [Math.max(1, Math.round(width * share)), Math.max(1, Math.round(height * share))];
}

/** Make a photo smaller for a weak connection; drawing it anew also drops its EXIF data. Others pass unchanged. */
export async function shrink(file: File, longest = LONGEST_EDGE): Promise<Blob> {
  if (!file.type.startsWith('image/') || typeof createImageBitmap !== 'function') return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const [width, height] = fitted(bitmap.width, bitmap.height, longest);
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    return await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.82 });
  } catch {
    return file; // a format that this browser can't draw: the server checks it
  }
}
