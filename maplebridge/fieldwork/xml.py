"""XML from outside, read without trust: no document type, no entities, no network, bounded depth and size."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from lxml import etree

from maplebridge.fieldwork.rules.forms import FORM_ID, INSTANCE_ID_MOST, is_file_name
from maplebridge.kernel.refused import BadInput

ORX = "http://openrosa.org/xforms"
XML_MOST = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Instance:
    """What a record says of itself: form and version, its ID and that of the one it replaces, when it was filled in.

    `values` are its leaves in order, by path without the root.
    """

    form: str
    version: str
    instance_id: str
    deprecated_id: str
    values: tuple[tuple[str, str], ...]
    ended_at: datetime | None


def parse(content: bytes, *, field: str = "xml") -> etree._Element:
    """Parse XML from outside. Raises BadInput for what is too large, not well-formed, too deep, or has a doctype."""
    if len(content) > XML_MOST:
        raise BadInput(field, _("The XML is larger than %(mb)d MB.") % {"mb": XML_MOST // 2**20})
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadInput(field, _("This is no well-formed XML: %(why)s") % {"why": str(error)[:200]}) from None
    if root.getroottree().docinfo.internalDTD is not None or root.getroottree().docinfo.doctype:
        raise BadInput(field, _("XML with a document type (DOCTYPE) is not taken."))
    return root


def read_instance(content: bytes) -> Instance:
    """Read a record. Raises BadInput where it names no form or has no usable instance ID."""
    root = parse(content, field="xml_submission_file")
    form, version = root.get("id", ""), root.get("version", "")
    if not FORM_ID.fullmatch(form):
        raise BadInput("xml_submission_file", _("The record does not say which form it is of."))
    values = tuple(_leaves(root))
    first = dict(reversed(values))  # of several of the same path the first counts
    instance_id = first.get("meta/instanceID") or root.get("instanceID", "")
    if not 1 <= len(instance_id) <= INSTANCE_ID_MOST or not instance_id.isprintable():
        raise BadInput("xml_submission_file", _("The record has no usable instance ID."))
    ended = first.get("end", first.get("meta/timeEnd", ""))
    return Instance(form, version[:64], instance_id, first.get("meta/deprecatedID", ""), values, moment_of(ended))


def _name(node: etree._Element) -> str:
    """An element's name without its namespace; "" for a comment or processing instruction."""
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _leaves(node: etree._Element, path: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for child in node:
        if not (name := _name(child)):
            continue
        here = f"{path}{name}"
        deeper = _leaves(child, f"{here}/") if len(child) else []
        found += deeper or [(here, (child.text or "").strip())]
    return found


def moment_of(text: str) -> datetime | None:
    """A moment as forms write it; None for what is none, or says no time zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def files_named(instance: Instance, binary: frozenset[str]) -> tuple[str, ...]:
    """Names of the files that a record's questions of a file hold; `binary` are their paths in the form."""
    named = [text for path, text in instance.values if path in binary and text]
    return tuple(dict.fromkeys(name for name in named if is_file_name(name)))
