"""The registry's API: what anyone may ask, and what accredited places, investigators and connected systems may."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Form, Router
from ninja.files import UploadedFile

from maplebridge.kernel import clock
from maplebridge.kernel.endpoint import REFUSALS
from maplebridge.kernel.moment import for_a_moment
from maplebridge.kernel.refused import BadInput, NotFound
from maplebridge.people.actor import Actor
from maplebridge.people.sessions import actor_of_request
from maplebridge.property import actions, bike_index_api, investigation_api, queries, schemas
from maplebridge.property.codes import canonical
from maplebridge.property.gate import admit
from maplebridge.property.intake_list import Row, read_list, written_list
from maplebridge.property.models import Dealer
from maplebridge.property.prefix import bucket_of
from maplebridge.property.schemes import identify

router = Router(tags=["property"])
Answer = dict[str, Any]
router.add_router("/v3", bike_index_api.router)
router.add_router("", investigation_api.router)


def sentence_of(answer: str) -> str:
    """What an answer means, in the reader's language."""
    return {
        queries.STOLEN: _("This code is reported stolen. Do not buy the item, and tell the police where it is."),
        queries.CLEAR: _("This code is registered and not reported stolen."),
        queries.NOT_REGISTERED: _("This code is not registered. That does not say that the item is not stolen."),
    }[answer]


PUBLIC: dict[int, Any] = {**REFUSALS, 429: REFUSALS[409]}


@router.get("/property/check", auth=None, response={200: schemas.CheckOut, **PUBLIC}, summary="Is this code stolen?")
def get_check(request: HttpRequest, code: str) -> Answer:
    """Answer anyone: clear, stolen or not_registered. Nothing is kept of the question."""
    admit(request)
    key = canonical(code)
    if not key:
        raise BadInput("code", _("This is no code. Type what stands on the frame, the motor or the battery."))
    answer = queries.check(code)
    return {"answer": answer, "canonical": key, "sentence": sentence_of(answer)}


@router.get("/property/identify", auth=None, response={200: schemas.IdentifiedOut, **PUBLIC}, summary="Read a code")
def get_identify(request: HttpRequest, code: str, kind: str = "") -> Answer:
    """Tell what a code is: its canonical key, its scheme and what that decodes. The registry is not asked."""
    admit(request)
    return identify(code, kind or None, today=clock.now().date()).as_dict()


@router.get("/property/stolen", auth=None, response={200: schemas.BucketOut, **PUBLIC}, summary="Ask without telling")
def get_stolen(request: HttpRequest, response: HttpResponse, prefix: str = "") -> Answer:
    """Give the stolen digests that begin with a prefix, so that the server does not learn the code.

    The digest is the SHA-256 of the canonical key (as `identify` gives it, in UTF-8), in hexadecimal. Send its first
    `digits` digits, or fewer; look for the rest of yours among `suffixes`. `k` registered codes begin alike.
    """
    admit(request)
    bucket = bucket_of(prefix)
    response["Cache-Control"] = "public, max-age=60"
    return {"prefix": bucket.prefix, "digits": bucket.digits, "k": bucket.k, "digest": "sha-256",
            "suffixes": bucket.suffixes}  # fmt: skip


@router.post("/property/checks", response={200: schemas.SightingOut, **REFUSALS}, summary="Check at a place")
def post_check(request: HttpRequest, body: schemas.SightingIn) -> Answer:
    """Check a code at an accredited place, or as a patrol where it stands; a stolen one raises its alarm."""
    actor, at = actor_of_request(request), clock.now()
    dealer = _dealer(actor, body.dealer)
    patrol = dealer is None and body.lon is not None
    channel = "patrol" if patrol else "api" if _is_program(actor) else "dealer"
    done = actions.record_sighting(
        actor, code=body.code, channel=channel, dealer=dealer, lon=body.lon, lat=body.lat, seen_at=body.seen_at, at=at
    )
    return _told(done)


@router.post("/property/checks/list", response={200: list[schemas.ListRowOut], **REFUSALS}, summary="A day's intake")
def post_list(
    request: HttpRequest,
    file: File[UploadedFile],
    dealer: Form[int | None] = None,
    seen_at: Form[datetime | None] = None,
    form: Form[str] = "json",
) -> HttpResponse | list[Answer]:
    """Check a CSV of codes at an accredited place; `form` csv gives the list back with an answer to each line."""
    actor, at = actor_of_request(request), clock.now()
    rows = read_list(file.read())
    usable = [row for row in rows if row.usable]
    done = actions.record_sightings(
        actor, codes=[row.code for row in usable], dealer=_dealer(actor, dealer), seen_at=seen_at, at=at
    )
    told = dict(zip([row.line for row in usable], map(_told, done), strict=True))
    if form == "csv":
        answers = [(_line(row, told)["answer"], _line(row, told)["sentence"]) for row in rows]
        answer = HttpResponse(written_list(rows, answers), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="checked.csv"'
        return answer
    return [{"line": row.line, "code": row.code, **_line(row, told)} for row in rows]


@router.get("/property/alarms", response={200: list[Answer], **REFUSALS}, summary="Alarms that nobody has settled")
def get_alarms(request: HttpRequest) -> list[Answer]:
    """Alarms of thefts that one may follow, or of the place where one works; newest first."""
    actor = actor_of_request(request)
    actor.must("property.check")
    return [queries.alarm_card(alarm) for alarm in queries.open_alarms(actor).order_by("-at", "-pk")[:200]]


@router.post("/property/alarms/{alarm_id}/answer", response={200: Answer, **REFUSALS}, summary="What became of it")
def post_answer(request: HttpRequest, alarm_id: int, body: schemas.AnswerIn) -> Answer:
    """Say, as the place that checked, what became of the item."""
    actor = actor_of_request(request)
    alarm = queries.open_alarms(actor).filter(pk=alarm_id).first()
    if alarm is None:
        raise NotFound(_("There is no open alarm %(id)s that you may see.") % {"id": alarm_id})
    actions.answer_alarm(actor, alarm=alarm, answer=body.answer, at=clock.now())
    return {"id": alarm.pk, "answer": body.answer}


def _dealer(actor: Actor, number: int | None) -> Dealer | None:
    """The place that was named, or the only one at which the actor works."""
    actor.must("property.check")
    if number is not None:
        if (found := queries.dealers_of(actor).filter(pk=number).first()) is None:
            raise NotFound(_("There is no accredited place %(id)s at which you work.") % {"id": number})
        return found
    if not actor.user_id:
        return None
    own = for_a_moment(("works at", actor.user_id), lambda: _own_places(actor))
    return own[0] if len(own) == 1 else None


def _own_places(actor: Actor) -> list[Dealer]:
    """The places at which the actor works; two say that there are several."""
    return list(queries.dealers_of(actor).filter(users=actor.user_id)[:2])


def _is_program(actor: Actor) -> bool:
    return actor.session.startswith("token:")


def _told(done: actions.Sighted) -> Answer:
    alarm = done.alarm
    return {
        "answer": done.answer,
        "sentence": sentence_of(done.answer),
        "alarm": alarm.pk if alarm else None,
        "what_to_do": queries.what_to_do(alarm) if alarm else [],
    }


def _line(row: Row, told: dict[int, Answer]) -> Answer:
    if row.line in told:
        return {name: told[row.line][name] for name in ("answer", "sentence", "alarm")}
    return {"answer": "no_code", "sentence": _("This is no code."), "alarm": None}
