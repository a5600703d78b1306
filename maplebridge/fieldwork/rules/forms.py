"""Pure: what a second sending of the same record means, which names of files are taken, states of a form."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

FORM_STATES = {"draft": _("draft"), "published": _("published"), "retired": _("retired")}
FORM_ID = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
VERSION = re.compile(r"[^\x00-\x1f/\\%?#]{1,64}")
FILE_NAME = re.compile(r"[^\x00-\x1f/\\:*?\"<>|]{1,120}")
INSTANCE_ID_MOST = 120


@dataclass(frozen=True, slots=True)
class Known:
    """A record that has arrived: the SHA-256 of its XML and of each of its files by name."""

    digest: str
    files: Mapping[str, str]


def verdict(known: Known | None, *, digest: str, files: Mapping[str, str]) -> str:
    """Say what a record that was sent is: "new", "again", "more" (it brings files), or "conflict".

    A conflict has the instance ID of another XML, or brings other content under the name of a file that has arrived.
    """
    if known is None:
        return "new"
    if known.digest != digest or any(known.files.get(name, sha) != sha for name, sha in files.items()):
        return "conflict"
    return "more" if set(files) - set(known.files) else "again"


def is_file_name(name: str) -> bool:
    """Whether a name is that of a file alone: no path, no control character, nothing that climbs out of a folder."""
    return bool(FILE_NAME.fullmatch(name)) and name.strip(". ") == name and not name.startswith("~")


def may_publish(state: str) -> bool:
    """Whether a version of a form may be published from this state: a draft, or one that was retired."""
    return state in ("draft", "retired")


def takes_records(state: str) -> bool:
    """Whether records of a version are taken: also of one that was retired since, for phones that were out of reach."""
    return state in ("published", "retired")


def is_complete(wanted: Collection[str], arrived: Collection[str]) -> bool:
    """Whether every file that a record names has arrived."""
    return set(wanted) <= set(arrived)
