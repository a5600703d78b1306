"""QR codes (ISO/IEC 18004) to be scanned from a screen."""

import segno


def qr(text: str, *, error: str = "m") -> str:
    """The code as inline SVG, black on white in either theme. Long texts take the lower level of error correction."""
    return str(segno.make(text, error=error).svg_inline(omitsize=True, dark="#000", light="#fff"))
