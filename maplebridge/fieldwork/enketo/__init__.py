"""An XForm becomes what enketo-core fills in within a browser: a form in HTML and the model of its answers.

The two stylesheets are those of enketo-transformer 4.2.0 (Apache License 2.0, https://github.com/enketo/enketo),
unchanged; what stands here does in lxml what that package does around them in JavaScript. Labels are plain words: no
Markdown. A form is one page, whatever its style says.
"""

import csv
import io
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lxml import etree

from maplebridge.fieldwork.enketo.markup import finish_form
from maplebridge.fieldwork.xml import ORX, parse

_HERE = Path(__file__).resolve().parent
_XFORMS = "http://www.w3.org/2002/xforms"
_NS = {"xf": _XFORMS, "xmlns": _XFORMS, "h": "http://www.w3.org/1999/xhtml", "orx": ORX}
_FILTER = re.compile(r"\[.*?\]")
_LABEL_OF = re.compile(r"itext\((.*)\)")
_NAME = re.compile(r"[A-Za-z_][\w.\-]*")
ROWS_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """A form for the browser: its HTML, its model as XML, and the lists outside of it as (instance ID, file name)."""

    form: str
    model: str
    lists: tuple[tuple[str, str], ...]


@lru_cache(maxsize=64)
def prepare(xform: str, where: str = "") -> Prepared:
    """Transform an XForm; pictures and sounds of it are looked for below the address `where`. Raises BadInput."""
    root = parse(xform.encode(), field="file")
    for itemset in root.iter(f"{{{_XFORMS}}}itemset"):
        _spell_out(itemset, root)
    form = _stylesheet("openrosa2html5form.xsl")(root)
    model = _stylesheet("openrosa2xmlmodel.xsl")(root).getroot()
    _with_instance_id(model)
    return Prepared(finish_form(form.getroot(), where), _inside(model), _lists(root))


def _stylesheet(name: str) -> etree.XSLT:
    """A stylesheet that may neither read nor write anything else."""
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    document = etree.parse(str(_HERE / name), parser)
    return etree.XSLT(document, access_control=etree.XSLTAccessControl.DENY_ALL)


def _spell_out(itemset: etree._Element, root: etree._Element) -> None:
    """Say on a list of choices what the stylesheet cannot compute: its references, where its labels stand."""
    value, label = itemset.find("xf:value", _NS), itemset.find("xf:label", _NS)
    nodeset = itemset.get("nodeset", "")
    label_ref = label.get("ref", "") if label is not None else ""
    name = nodeset.partition("instance(")[2].partition(")")[0].strip()[1:-1]
    after = nodeset.partition(")")[2]
    if "randomize(" in nodeset:
        after = after.partition("," if "," in nodeset else ")")[0]
    path = f'/h:html/h:head/xf:model/xf:instance[@id="{name}"]' + _FILTER.sub("", after.replace("/", "/xf:"))
    itemset.set("valueRef", value.get("ref", "") if value is not None else "")
    itemset.set("labelRef", label_ref)
    itemset.set("itextPath", path)
    found = _LABEL_OF.search(label_ref)
    if found and _NAME.fullmatch(found.group(1)) and '"' not in name:
        labels = root.getroottree().xpath(f'{path}/*[name() = "{found.group(1)}"]', namespaces=_NS)
        itemset.extend(deepcopy(each) for each in labels)


def _with_instance_id(model: etree._Element) -> None:
    """Make sure that a record has a place for its ID."""
    first = next(model.iter(f"{{{_XFORMS}}}instance"))[0]
    metas = [each for each in first if etree.QName(each).localname == "meta"]
    meta = metas[0] if metas else etree.SubElement(first, f"{{{_XFORMS}}}meta")
    if not any(etree.QName(each).localname == "instanceID" for each in meta):
        etree.SubElement(meta, f"{{{_XFORMS}}}instanceID")


def _inside(root: etree._Element) -> str:
    return "".join(etree.tostring(child, encoding="unicode", with_tail=False) for child in root)


def _lists(root: etree._Element) -> tuple[tuple[str, str], ...]:
    """Instances that stand in a file of their own, as XLSForm's `select_one_from_file` and `csv-external` make them."""
    outside = [each for each in root.iter(f"{{{_XFORMS}}}instance") if each.get("src")]
    return tuple((each.get("id", ""), each.get("src", "").rsplit("/", 1)[-1]) for each in outside)


def list_as_xml(content: bytes, name: str) -> str:
    """Give a list as the XML that a form's expressions read: CSV rows as `item`, a column an element; XML as it is.

    Columns whose head is no name in XML are left out. GeoJSON is not read here.
    """
    if name.endswith(".xml"):
        return _text(parse(content, field="file"))
    root = etree.Element("root")
    for number, row in enumerate(csv.DictReader(io.StringIO(content.decode("utf-8-sig", "replace")))):
        if number >= ROWS_MOST:
            break
        _item(root, row)
    return _text(root)


def _text(root: etree._Element) -> str:
    return str(etree.tostring(root, encoding="unicode"))


def _item(root: etree._Element, row: Mapping[str | None, str | list[str] | None]) -> None:
    item = etree.SubElement(root, "item")
    for column, text in row.items():
        if column and _NAME.fullmatch(column) and isinstance(text, str):
            etree.SubElement(item, column).text = "".join(c for c in text if c.isprintable())
