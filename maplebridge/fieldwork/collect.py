"""The code by which ODK Collect sets itself up: its settings as JSON, compressed by zlib, in Base64, as a QR code.

Collect's own documentation: https://docs.getodk.org/collect-import-export/. What is left out there takes its default.
"""

import base64
import json
import zlib

import segno


def settings_code(address: str, project: str) -> str:
    """Write the text that Collect's QR code carries for the forms at `address`, shown there as `project`.

    Forms follow the server without being asked for, and what is finished goes by itself.
    """
    settings = {
        "general": {
            "server_url": address,
            "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular",
            "delete_send": False,
        },
        "admin": {},
        "project": {"name": project, "icon": "M", "color": "#b0391a"},
    }
    text = json.dumps(settings, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(zlib.compress(text, 9)).decode()


def qr_of(text: str) -> str:
    """Draw a text as a QR code: an SVG in a data address, black on white in either theme."""
    return segno.make(text, error="l", micro=False).svg_data_uri(scale=4, border=4, omitsize=True)
