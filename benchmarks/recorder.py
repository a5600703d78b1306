"""OwnTracks Recorder as a peer of ingest, built from its source elsewhere: OT_RECORDER names its program."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.served import free_port


def recorder_program() -> str | None:
    """Where it is, if it is here."""
    return os.environ.get("OT_RECORDER") or shutil.which("ot-recorder")


@contextmanager
def recorder(program: str) -> Iterator[int]:
    """Run it for the block over HTTP alone, with a store of its own; gives its port."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="maplebridge-recorder-") as home:
        store = Path(home) / "store"
        base = [program, "-S", str(store)]
        subprocess.run([*base, "--initialize"], check=True, capture_output=True, timeout=30)
        http = ["--http-port", str(port), "--http-host", "127.0.0.1", "--doc-root", home]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen([*base, "-G", "--port", "0", *http], **quiet)
        try:
            time.sleep(1.0)
            yield port
        finally:
            process.terminate()
            process.wait(10)


def request(user: int, at: float, lat: float) -> bytes:
    """One location of a user as OwnTracks posts it."""
    body = json.dumps({"_type": "location", "lat": round(lat, 5), "lon": 24.94, "tst": int(at), "tid": "21", "acc": 5})
    body = body[:-1] + ', "note": "' + "x" * max(0, 192 - len(body) - 12) + '"}'
    head = f"Host: 127.0.0.1\r\nContent-Type: application/json\r\nX-Limit-U: u{user}\r\nX-Limit-D: phone\r\n"
    return f"POST /pub?u=u{user}&d=phone HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()
