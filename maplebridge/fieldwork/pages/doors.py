"""How a phone proves whose it is: a key in the address, or Basic and Digest authentication with it as password.

OpenRosa's authentication API; Digest as in RFC 7616 with MD5, which is what phones speak, and qop=auth.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from functools import wraps
from urllib.request import parse_http_list, parse_keqv_list

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from maplebridge.fieldwork.actions.keys import SEALED_FOR
from maplebridge.fieldwork.models import FieldKey
from maplebridge.fieldwork.pages.answers import said
from maplebridge.fieldwork.queries import key_of, keys_of
from maplebridge.kernel import clock
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.kernel.sealed import unseal
from maplebridge.people.actor import Actor, actor_of

REALM = "Maplebridge"
NONCE_LASTS_S = 300
_NONCES = signing.TimestampSigner(salt="maplebridge.fieldwork.nonce")
View = Callable[..., HttpResponse]


def by_key(view: View) -> View:
    """Let in whoever has a key; the view gets (request, key, actor, ...). Refusals are answered in OpenRosa's form."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, key: str = "", **more: str) -> HttpResponse:
        found = key_of(key, at=clock.now()) if key else _of_header(request)
        if found is None:
            return said(403, _("This key is not valid. Set the phone up anew.")) if key else _challenge()
        try:
            return view(request, found, _actor(found), **more)
        except BadInput as fault:
            return said(400, fault.sentence)
        except Refused as refused:
            return said(refused.status, refused.sentence)

    return guarded


def _actor(key: FieldKey) -> Actor:
    return actor_of(key.user, at=clock.now(), session=f"field-key:{key.pk}")


def _of_header(request: HttpRequest) -> FieldKey | None:
    scheme, _space, rest = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        return _basic(rest)
    return _digest(request, rest) if scheme.lower() == "digest" else None


def _basic(rest: str) -> FieldKey | None:
    try:
        name, _colon, text = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    key = key_of(text, at=clock.now())
    return key if key and key.user.get_username() == name else None


def _digest(request: HttpRequest, rest: str) -> FieldKey | None:
    """The key by which the answer to a challenge was made; each open key of the named user is tried."""
    try:
        given = parse_keqv_list(parse_http_list(rest))
        _NONCES.unsign(given["nonce"], max_age=NONCE_LASTS_S)
        parts = (given["nonce"], given["nc"], given["cnonce"], given["qop"])
        uri, response, name = given["uri"], given["response"], given["username"]
    except (KeyError, ValueError, IndexError, signing.BadSignature):
        return None
    if uri != request.get_full_path():
        return None
    asked = _md5(f"{request.method}:{uri}")
    for key in keys_of(name, at=clock.now()):
        secret = _md5(f"{name}:{REALM}:{unseal(key.sealed, purpose=SEALED_FOR)}")
        if hmac.compare_digest(_md5(":".join((secret, *parts, asked))), response):
            return key
    return None


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()  # as RFC 7616 has it for old clients


def _challenge() -> HttpResponse:
    nonce = _NONCES.sign(base64.b64encode(hashlib.sha256(str(clock.now()).encode()).digest()[:9]).decode())
    response = said(401, _("Sign in with your user name and the key of this phone."))
    response["WWW-Authenticate"] = f'Digest realm="{REALM}", qop="auth", algorithm=MD5, nonce="{nonce}"'
    response.headers["WWW-Authenticate"] += f', Basic realm="{REALM}"'
    return response
