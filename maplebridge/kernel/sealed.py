"""Secrets that the database keeps but cannot read: encrypted with a key made of the installation's own."""

import base64
from hashlib import sha256

from cryptography.fernet import Fernet
from django.conf import settings


def seal(text: str, *, purpose: str) -> str:
    """Encrypt a secret for one purpose (Fernet: AES-128-CBC with HMAC-SHA-256)."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Decrypt a secret. Raises cryptography.fernet.InvalidToken where the installation's key is another one."""
    return _fernet(purpose).decrypt(sealed.encode()).decode()


def _fernet(purpose: str) -> Fernet:
    key = sha256(f"maplebridge {purpose}\n{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
