"""Looks at what people said: every one is an entry, with the case or the purpose that it is for."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maplebridge.incidents.actions.shared import checked_text, crews, locked
from maplebridge.incidents.models import Attachment, Incident, Report
from maplebridge.incidents.queries.detail import merged_into_it
from maplebridge.incidents.rules import is_open
from maplebridge.journal.act import act, ref_of
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.people.actor import Actor

LOOK_LASTS = timedelta(minutes=5)
PURPOSE_LASTS = timedelta(hours=1)  # then it is asked for anew
PHONE_LEAST, PHONE_MOST = 5, 20  # digits
REASON_LEAST = 10
HANDLING = "handling the incident"
PURPOSES = {  # what one may read an incident for without a part in it; the code stands in the journal
    "supervision": gettext_lazy("supervising how it was handled"),
    "linked_case": gettext_lazy("a case that may be linked to it"),
    "complaint": gettext_lazy("a complaint or a request by a person concerned"),
    "audit": gettext_lazy("an audit"),
    "training": gettext_lazy("training, by order"),
}


class CannotShowUnasked(Refused):
    """What the words are needed for has not been said."""


def consult_callers(actor: Actor, *, incident: Incident, reason: str = "", at: datetime) -> list[Report]:
    """Return the reports with names and telephone numbers, also of what was merged in; every look is an entry.

    `incidents.consulted`, one for the incident and one for each merged one that has a caller. Whoever works on an open
    incident needs no `reason`; anybody else, and for an ended one, does. Raises BadInput. A refusal for want of the
    right is an entry too: `incidents.look_refused`.
    """
    if not actor.may("incidents.consult"):
        with act(actor, "incidents.look_refused", at=at) as entry:
            entry.about(incident, case=incident)
            entry.processed("consulted", records=[incident], classes=["identity", "contact"], outcome="denied")
    actor.must("incidents.consult")
    reason = checked_text(reason, field="reason", limit=200)
    purpose = "reason stated" if reason else HANDLING
    with act(actor, "incidents.consulted", at=at, purpose=purpose) as entry:
        fresh = locked(incident)
        if not reason and not _works_on(actor, fresh, at=at):
            raise BadInput("reason", _("Say why you need the callers: this is not an open incident you work on."))
        entry.about(fresh).keep_private(reason=reason)
        family = [fresh, *merged_into_it(fresh)]
        reports = list(Report.objects.filter(incident__in=family).order_by("reported_at", "pk"))
        named = {each.incident_id for each in reports if each.caller or each.phone}
        shown = [each for each in reports if each.incident_id in named]
        entry.processed("consulted", records=[fresh, *shown], classes=["identity", "contact"])
        for each in family[1:]:
            if each.pk in named:
                with act(actor, "incidents.consulted", at=at, purpose=purpose) as nested:
                    nested.about(each, case=fresh).keep_private(reason=reason)
    return reports


def read_incident(actor: Actor, *, incident: Incident, at: datetime) -> bool:
    """Whether the words of an incident may be shown: reports, notes, files. A look is an entry, `incidents.read`.

    Whoever has a part in it reads it for that; anybody else first says what for (`state_purpose`), and False tells to
    ask. The case is the incident itself. What a page fetches again while it stays open is the same look: one entry
    for it in `LOOK_LASTS` (docs/decisions/a-look-lasts-five-minutes.md).
    """
    last = _last_look(actor, incident, at=at)
    if last is not None and last.entered_at > at - LOOK_LASTS:
        return True
    if has_part(actor, incident, at=at):
        _write_look(actor, incident, HANDLING, at=at)
    elif last is not None:
        _write_look(actor, incident, last.purpose, at=at)
    else:
        return False
    return True


def _last_look(actor: Actor, incident: Incident, *, at: datetime) -> Entry | None:
    looks = Entry.objects.filter(subject=ref_of(incident), verb="incidents.read", actor=actor.ref)
    return looks.filter(entered_at__gt=at - PURPOSE_LASTS).order_by("-position").first()


def state_purpose(actor: Actor, *, incident: Incident, purpose: str, reason: str, at: datetime) -> None:
    """Say what for one reads an incident without a part in it: one of `PURPOSES`, and why in words. Raises BadInput."""
    actor.must("incidents.view")
    if purpose not in PURPOSES:
        raise BadInput("purpose", _("Choose what you need to read it for."))
    reason = checked_text(reason, field="reason", limit=300, required=True)
    if len(reason) < REASON_LEAST:
        raise BadInput("reason", _("Say in a few words why you need to read it: at least ten characters."))
    _write_look(actor, incident, purpose, at=at, reason=reason)


def _write_look(actor: Actor, incident: Incident, purpose: str, *, at: datetime, reason: str = "") -> None:
    family = [incident, *merged_into_it(incident)]
    with act(actor, "incidents.read", at=at, purpose=purpose) as entry:
        entry.about(incident, case=incident).processed("consulted", records=family, classes=["narrative"])
        entry.keep_private(reason=reason)


def has_part(actor: Actor, incident: Incident, *, at: datetime) -> bool:
    """Whether an incident is the actor's own case: open and theirs to handle, or one in which they did something."""
    if _works_on(actor, incident, at=at):
        return True
    ref = ref_of(incident)
    done = Entry.objects.filter(Q(subject=ref) | Q(case=ref), actor=actor.ref)
    return done.exclude(operation__in=("consulted", "disclosed")).exists()


def _works_on(actor: Actor, incident: Incident, *, at: datetime) -> bool:
    if not is_open(incident.state):
        return False
    works = actor.may("dispatch.assign", incident) or actor.may("incidents.edit", incident)
    return works or crews(actor, incident, at=at)


def last_place_of_caller(actor: Actor, *, phone: str, at: datetime) -> Incident | None:
    """Find the newest incident reported from a telephone number, among reports not yet erased; no person is named.

    Every look is an entry, `incidents.consulted`. Numbers are the same when their digits are. Raises BadInput.
    """
    actor.must("incidents.report")
    actor.must("incidents.consult")
    digits = "".join(str(int(c)) for c in phone if c.isdecimal())
    if not PHONE_LEAST <= len(digits) <= PHONE_MOST:
        raise BadInput("phone", _("Give the whole telephone number."))
    pattern = r"\D*".join(("^", *digits, "$"))
    same = Report.objects.filter(phone__contains=digits[-1], phone__regex=pattern)
    with act(actor, "incidents.consulted", at=at, purpose="caller's last place") as entry:
        seen = same.filter(expires_at__gt=at, incident__in=Incident.objects.visible_to(actor))
        found = seen.select_related("incident").order_by("-reported_at", "-pk").first()
        entry.about(found.incident if found else "report:*")
        entry.processed("consulted", records=[found.incident, found] if found else [], classes=["contact"])
    return found.incident if found else None


def open_file(actor: Actor, *, attachment: Attachment, at: datetime) -> Attachment:
    """Let someone see a file; every look is an entry, `incidents.file_consulted`."""
    actor.must("incidents.view")
    incident = Incident.objects.get(pk=attachment.incident_id)
    if not read_incident(actor, incident=incident, at=at):
        raise CannotShowUnasked(_("Say first what you need it for: open the incident and answer what it asks."))
    look = _last_look(actor, incident, at=at)
    with act(actor, "incidents.file_consulted", at=at, purpose=look.purpose if look else HANDLING) as entry:
        entry.about(incident).keep_private(name=attachment.name)
        entry.processed("consulted", records=[incident, attachment], classes=["image"])
    return attachment
