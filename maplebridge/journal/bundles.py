"""What is handed out: a zip file of data and files with one signature over all of it."""

import io
import json
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from maplebridge.journal.checkpoints import signer

_README = """\
data.json       what this service holds, why, and until when; where it is about you, also who looked at it (by role)
data.json.note  the service's signature over the SHA-256 of data.json and of every file (a C2SP signed note);
                its key stands at /journal/key of the service

data.json       本机构持有的数据、用途和保存期限；关于您本人的，还列明哪些岗位查阅过
data.json.note  本机构对 data.json 及各文件的 SHA-256 的签名（C2SP 签名文本）；公钥见本服务的 /journal/key
"""


def signed_bundle(content: Mapping[str, Any], files: Mapping[str, bytes] | None = None) -> bytes:
    """Pack content as `data.json` beside files given by name, sign their digests, and return the zip file."""
    data = json.dumps(content, ensure_ascii=False, indent=1).encode()
    signed = {"data.json": data, **(files or {})}
    lines = "".join(f"{sha256(each).hexdigest()} {name}\n" for name, each in signed.items())
    note = signer().sign(f"Maplebridge disclosure\n{lines}")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, each in {"README.txt": _README.encode(), **signed, "data.json.note": note.encode()}.items():
            folder.writestr(name, each)
    return packed.getvalue()
