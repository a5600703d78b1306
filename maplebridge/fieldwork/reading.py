"""A submission as people read it: the questions and choices of its form in their language, with the answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from maplebridge.fieldwork.models import FormVersion, Submission
from maplebridge.fieldwork.xml import parse, read_instance

_X = "{http://www.w3.org/2002/xforms}"
_UNASKED = ("start", "end", "today", "deviceid", "device", "username", "phonenumber")


@dataclass(frozen=True, slots=True)
class Answer:
    """One question in words with its answer; `file` is the name of the file where it takes one."""

    path: str
    label: str
    text: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What a form calls its questions, by path, and the answers of each that offers some."""

    questions: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]


def answers_of(submission: Submission, *, language: str) -> list[Answer]:
    """What was filled in, in the order of the form; what was left empty and what the phone fills in is left out."""
    version = submission.version
    words = words_of(version, language)
    found = []
    for path, text in read_instance(bytes(submission.xml)).values:
        if text and path not in _UNASKED and not path.startswith("meta/"):
            choices = words.choices.get(path, {})
            shown = ", ".join(choices.get(each, each) for each in text.split()) if choices else text
            found.append(Answer(path, words.questions.get(path, path), shown, text if path in version.binary else ""))
    return found


def words_of(version: FormVersion, language: str) -> Words:
    """The words of a form in the reader's language, else in its first."""
    return _words(version.md5, version.xform, language[:2])


@lru_cache(maxsize=64)
def _words(_md5: str, xform: str, language: str) -> Words:
    root = parse(xform.encode())
    texts = _texts(root, language)
    lists = _lists(root, texts)
    questions: dict[str, str] = {}
    choices: dict[str, Mapping[str, str]] = {}
    for control in root.iter(*(f"{_X}{name}" for name in ("input", "select", "select1", "upload", "range", "trigger"))):
        path = "/".join(control.get("ref", "").split("/")[2:])
        questions[path] = _label(control.find(f"{_X}label"), texts) or path
        found = {
            _text(item.find(f"{_X}value")): _label(item.find(f"{_X}label"), texts) for item in control.iter(f"{_X}item")
        }
        itemset = control.find(f"{_X}itemset")
        if itemset is not None:
            found = lists.get(itemset.get("nodeset", "").partition("'")[2].partition("'")[0], {})
        if found:
            choices[path] = found
    return Words(questions, choices)


def _texts(root: etree._Element, language: str) -> dict[str, str]:
    """Texts by ID: those of the language, over those of the form's first."""
    tongues = list(root.iter(f"{_X}translation"))
    wanted = [each for each in tongues if f"({language})" in each.get("lang", "") or each.get("lang") == language]
    found: dict[str, str] = {}
    for each in [*tongues[:1], *wanted]:
        for text in each:
            plain = next((value for value in text if not value.get("form")), None)
            if plain is not None and "".join(plain.itertext()).strip() not in ("", "-"):
                found[text.get("id", "")] = "".join(plain.itertext()).strip()
    return found


def _lists(root: etree._Element, texts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Lists of choices by name: what each is called."""
    found: dict[str, dict[str, str]] = {}
    for instance in root.iter(f"{_X}instance"):
        if name := instance.get("id"):
            rows = [{etree.QName(cell).localname: _text(cell) for cell in item} for item in instance.iter(f"{_X}item")]
            found[name] = {
                row["name"]: texts.get(row.get("itextId", ""), "") or row.get("label", row["name"])
                for row in rows
                if "name" in row
            }
    return found


def _label(node: etree._Element | None, texts: Mapping[str, str]) -> str:
    if node is None:
        return ""
    ref = node.get("ref", "")
    return texts.get(ref.partition("'")[2].partition("'")[0], "") if ref.startswith("jr:itext") else _text(node)


def _text(node: etree._Element | None) -> str:
    return "".join(node.itertext()).strip() if node is not None else ""
