"""The timeline of an incident: its journal entries as sentences. Each domain registers those of its own verbs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from maplebridge.incidents.models import Incident
from maplebridge.incidents.queries.detail import merged_into_it
from maplebridge.journal.act import ref_of
from maplebridge.journal.models import Entry
from maplebridge.kernel import clock
from maplebridge.people.models import User

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as a renderer sees it: `private` lacks what was erased, `numbers` gives incidents their labels."""

    verb: str
    subject: str
    case: str
    facts: dict[str, Any]
    private: dict[str, str]
    numbers: dict[str, str]
    purpose: str = ""

    def number(self, ref: str) -> str:
        """Number of an incident named as `incident:17`, as people say it."""
        return self.numbers.get(ref, ref)

    def words(self, name: str) -> str:
        """Private text by name; a word in brackets where it was erased; empty where there never was any."""
        return self.private.get(name, "")


Renderer = Callable[[Told], str]
SENTENCES: dict[str, Renderer] = {}
FOLLOWING: set[str] = set()


def sentence(verb: str, *, follows: bool = False) -> Callable[[Renderer], Renderer]:
    """Register the renderer of a verb's entries: `@sentence("dispatch.assigned")` above a function of Told.

    `follows` is for entries that only follow from another of the same act: the timeline tells the other alone.
    """

    def register(renderer: Renderer) -> Renderer:
        SENTENCES[verb] = renderer
        if follows:
            FOLLOWING.add(verb)
        return renderer

    return register


def timeline(incident: Incident, *, with_words: bool = True) -> list[Row]:
    """What happened to an incident and those merged into it, in the order entered, each act as its sentences.

    What merely follows inside an act (M21 sent, hence a unit is assigned) is in the journal, but not told again.
    Without words, private texts are left out.
    """
    refs = [ref_of(each) for each in (incident, *merged_into_it(incident))]
    entries = Entry.objects.filter(subject__in=refs) | Entry.objects.filter(case__in=refs)
    rows = list(entries.exclude(verb="incidents.read").order_by("position").prefetch_related("private"))
    names = _names(rows)
    numbers = _numbers(rows)
    bodies = [msgspec.json.decode(entry.body) for entry in rows]
    leading = {body["act"] for entry, body in zip(rows, bodies, strict=True) if entry.verb not in FOLLOWING}
    return [
        _row(entry, body, names, numbers, with_words=with_words)
        for entry, body in zip(rows, bodies, strict=True)
        if entry.verb not in FOLLOWING or body["act"] not in leading
    ]


def _row(
    entry: Entry, body: dict[str, Any], names: dict[str, str], numbers: dict[str, str], *, with_words: bool
) -> Row:
    private = {name: str(_("(erased)") if with_words else _("(private text)")) for name in body["digests"]}
    if with_words:
        private |= {part.name: part.content for part in entry.private.all()}
    told = Told(entry.verb, entry.subject, entry.case, body["facts"], private, numbers, body["purpose"])
    renderer = SENTENCES.get(entry.verb)
    return {
        "position": entry.position,
        "at": clock.stamp(entry.at),
        "entered_at": clock.stamp(entry.entered_at),
        "actor": names.get(entry.actor, entry.actor),
        "verb": entry.verb,
        "sentence": renderer(told) if renderer else entry.verb.replace(".", ": ").replace("_", " "),
    }


def _names(entries: list[Entry]) -> dict[str, str]:
    ids = {int(e.actor[5:]) for e in entries if e.actor.startswith("user:") and e.actor[5:].isdecimal()}
    names = {f"user:{user.pk}": str(user) for user in User.objects.filter(pk__in=ids)}
    others = {e.actor for e in entries if not e.actor.startswith("user:")}
    names |= {ref: ref.partition(":")[2] for ref in others}
    return names | {"public:web": str(_("the public page"))}


def _numbers(entries: list[Entry]) -> dict[str, str]:
    refs = {ref for entry in entries for ref in (entry.subject, entry.case) if ref.startswith("incident:")}
    ids = [int(ref[9:]) for ref in refs if ref[9:].isdecimal()]
    return {ref_of(each): each.label for each in Incident.objects.filter(pk__in=ids)}
