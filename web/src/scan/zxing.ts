/** ZXing (Apache-2.0) in plain script: no WebAssembly, so the content policy stays as strict as it is. */
import {
  BarcodeFormat,
  BinaryBitmap,
  DecodeHintType,
  HybridBinarizer,
  MultiFormatReader,
  RGBLuminanceSource,
} from '@zxing/library';

const zxing = new MultiFormatReader();
zxing.setHints(
  new Map<DecodeHintType, unknown>([
    [DecodeHintType.POSSIBLE_FORMATS, [BarcodeFormat.QR_CODE, BarcodeFormat.DATA_MATRIX, BarcodeFormat.CODE_128, BarcodeFormat.CODE_39, BarcodeFormat.EAN_13]],
    [DecodeHintType.TRY_HARDER, true],
    [DecodeHintType.CHARACTER_SET, 'UTF-8'],
  ]),
);

/** Read one code out of a grey picture; null where there is none. */
export function readGrey(grey: Uint8ClampedArray, width: number, height: number): string | null {
  try {
    return zxing.decodeWithState(new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(grey, width, height)))).getText();
  } catch {
    return null; // ZXing throws where it finds nothing
  }
}
