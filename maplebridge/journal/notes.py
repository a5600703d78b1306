"""Signed notes, verifier keys and checkpoints as C2SP defines them: text that one or more keys have signed.

Specifications: c2sp.org/signed-note, tlog-checkpoint and tlog-cosignature. Knows nothing of Django or a database, so
that a witness needs neither.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

ED25519, COSIGNATURE, MLDSA44_COSIGNATURE = 0x01, 0x04, 0x06
MOST_BYTES = 1 << 18
MOST_SIGNATURES = 64
_NAME = re.compile(r"[^\s+\x00-\x1f]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class NoteFault(Exception):
    """A note, key or checkpoint that cannot be trusted or read; its text says why."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a checkpoint says: whose log, how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def read_head(text: str) -> TreeHead:
    """Read the text of a checkpoint; lines after the third are extensions and are left aside. Raises NoteFault."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise NoteFault("this is no checkpoint: it must have an origin, a size and a root")
    root = decoded(lines[2])
    if len(root) != 32:
        raise NoteFault("this is no checkpoint: its root is not 32 bytes")
    return TreeHead(lines[0], int(lines[1]), root)


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A kind of signature: the length of its public keys, what it signs of a note, and the primitives."""

    public_bytes: int
    timed: bool  # the signature begins with the moment, 8 bytes
    message: Callable[[str, str, int], bytes]  # of the key's name, the note's text and the moment
    sign: Callable[[bytes, bytes], bytes]  # private key, message
    verify: Callable[[bytes, bytes, bytes], None]  # public key, signature, message; raises InvalidSignature
    public: Callable[[bytes], bytes]  # public key of a private one


def _plain(_name: str, text: str, _moment: int) -> bytes:
    return text.encode()


def _cosigned(_name: str, text: str, moment: int) -> bytes:
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


def _cosigned_subtree(name: str, text: str, moment: int) -> bytes:
    """The structure `cosigned_message` of tlog-cosignature, for a whole tree."""
    head = read_head(text)
    parts = (b"subtree/v1\n\x00", _short(name), moment.to_bytes(8), _short(head.origin), bytes(8))
    return b"".join(parts) + head.size.to_bytes(8) + head.root


def _short(text: str) -> bytes:
    raw = text.encode()
    if not 0 < len(raw) < 256:
        raise NoteFault("a name in this kind of signature has 1 to 255 bytes")
    return bytes([len(raw)]) + raw


def _ed25519(message: Callable[[str, str, int], bytes], *, timed: bool) -> Algorithm:
    return Algorithm(
        public_bytes=32,
        timed=timed,
        message=message,
        sign=lambda private, text: Ed25519PrivateKey.from_private_bytes(private).sign(text),
        verify=lambda public, signature, text: Ed25519PublicKey.from_public_bytes(public).verify(signature, text),
        public=lambda private: Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw(),
    )


ALGORITHMS = {
    ED25519: _ed25519(_plain, timed=False),
    COSIGNATURE: _ed25519(_cosigned, timed=True),
    MLDSA44_COSIGNATURE: Algorithm(
        public_bytes=1312,
        timed=True,
        message=_cosigned_subtree,
        sign=lambda private, text: MLDSA44PrivateKey.from_seed_bytes(private).sign(text),
        verify=lambda public, signature, text: MLDSA44PublicKey.from_public_bytes(public).verify(signature, text),
        public=lambda private: MLDSA44PrivateKey.from_seed_bytes(private).public_key().public_bytes_raw(),
    ),
}


@dataclass(frozen=True, slots=True)
class Key:
    """A verifier key: a name, a kind of signature, and the public key."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes: SHA-256(name || newline || kind || public key), cut."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        """The key as people pass it on: name+id+base64."""
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([self.kind]) + self.public).decode()}"


def read_key(text: str) -> Key:
    """Read a verifier key `name+id+base64`. Raises NoteFault."""
    name, _plus, rest = text.strip().partition("+")
    stated, _plus, packed = rest.partition("+")
    raw = decoded(packed)
    if not _NAME.fullmatch(name) or not raw:
        raise NoteFault("this is no verifier key: it must be name+id+base64")
    key = Key(name, raw[0], raw[1:])
    algorithm = ALGORITHMS.get(key.kind)
    if algorithm is None:
        raise NoteFault(f"the verifier key {name} is of a kind (0x{key.kind:02x}) that is not known here")
    if len(key.public) != algorithm.public_bytes or stated != key.id.hex():
        raise NoteFault(f"the verifier key {name} is damaged: its id does not fit it")
    return key


@dataclass(frozen=True, slots=True)
class Signer:
    """A name with a private key (32 bytes: the Ed25519 key, or the seed of ML-DSA)."""

    name: str
    private: bytes
    kind: int = ED25519

    @property
    def key(self) -> Key:
        """The verifier key to give to others."""
        return Key(self.name, self.kind, ALGORITHMS[self.kind].public(self.private))

    def line(self, text: str, *, moment: int = 0) -> str:
        """The signature line for a note's text; `moment` in seconds since 1970 for a cosignature."""
        algorithm = ALGORITHMS[self.kind]
        signature = algorithm.sign(self.private, algorithm.message(self.name, text, moment))
        stamp = moment.to_bytes(8) if algorithm.timed else b""
        return f"— {self.name} {b64encode(self.key.id + stamp + signature).decode()}\n"

    def sign(self, text: str, *, moment: int = 0) -> str:
        """A whole note: the text and this one signature."""
        return f"{text}\n{self.line(text, moment=moment)}"


@dataclass(frozen=True, slots=True)
class Opened:
    """A note whose signatures were checked: the text, and who of the keys given has signed it."""

    text: str
    signed_by: tuple[Key, ...]


def open_note(note: str, keys: Iterable[Key]) -> Opened:
    """Check a note against keys: at least one must have signed it, and none of theirs may be false.

    Signatures of other keys are left aside. Raises NoteFault.
    """
    text, lines = _parted(note)
    known = {(key.name, key.id): key for key in keys}
    signed: list[Key] = []
    for line in lines:
        name, blob = _signature(line)
        key = known.get((name, blob[:4]))
        if key is None:
            continue
        _verify(key, text, blob[4:])
        if key not in signed:
            signed.append(key)
    if not signed:
        raise NoteFault("none of the keys given has signed this")
    return Opened(text, tuple(signed))


def _verify(key: Key, text: str, blob: bytes) -> None:
    algorithm = ALGORITHMS[key.kind]
    moment, signature = (int.from_bytes(blob[:8]), blob[8:]) if algorithm.timed else (0, blob)
    try:
        algorithm.verify(key.public, signature, algorithm.message(key.name, text, moment))
    except (InvalidSignature, ValueError) as error:
        raise NoteFault(f"the signature of {key.name} is false") from error


def _parted(note: str) -> tuple[str, list[str]]:
    """The text and the signature lines of a note."""
    if len(note) > MOST_BYTES or any(ord(char) < 0x20 and char != "\n" for char in note):
        raise NoteFault("this is no signed note: it is too long or has control characters")
    body, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise NoteFault("this is no signed note: text, an empty line, and signature lines")
    lines = tail[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NoteFault(f"this note has more than {MOST_SIGNATURES} signatures")
    return f"{body}\n", lines


def _signature(line: str) -> tuple[str, bytes]:
    dash, name, packed, *more = [*line.split(" "), "", ""]
    blob = decoded(packed)
    if dash != "—" or not _NAME.fullmatch(name) or any(more) or len(blob) < 5:
        raise NoteFault("this is no signed note: a signature line cannot be read")
    return name, blob


def decoded(text: str) -> bytes:
    """Read base64 as it is written here: padded, on one line, one way only. Raises NoteFault."""
    try:
        raw = b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteFault("this is not base64") from error
    if b64encode(raw).decode() != text:
        raise NoteFault("this is not base64")
    return raw
