"""The API of the studio: today's layout and need, two layouts compared, studies and their runs."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from maplebridge.deployment import actions, proposals, queries, shown
from maplebridge.deployment.choices import Choices
from maplebridge.deployment.layout import layout_of
from maplebridge.kernel import clock
from maplebridge.kernel.endpoint import REFUSALS
from maplebridge.people.sessions import actor_of_request

router = Router(tags=["deployment"])
Row = dict[str, Any]


class ChoicesIn(Schema):
    begin: str
    end: str
    types: list[str] = Field([], max_length=200)
    resolution: int = Field(9, ge=7, le=10)
    minutes: int = Field(3, ge=1, le=30)
    replications: int = 200

    def choices(self) -> Choices:
        return Choices(**self.dict() | {"types": tuple(self.types)})


class LayoutsIn(Schema):
    a: Row
    b: Row
    choices: ChoicesIn


class StudyIn(LayoutsIn):
    name: str
    seed: int = 1


class ProposeIn(Schema):
    keep: Row
    kinds: dict[str, int]
    choices: ChoicesIn
    costs: dict[str, float] = {}
    budget: float | None = None


class MovesIn(Schema):
    layout: Row
    most: int = Field(ge=1, le=2_000)
    choices: ChoicesIn


class MergeIn(Schema):
    layout: Row
    one: int
    other: int
    choices: ChoicesIn


class RunIn(Schema):
    run: str = Field("begin", pattern="^(begin|stop|resume)$")


@router.get("/studio", response={200: Row, **REFUSALS}, summary="What the studio starts from")
def get_studio(request: HttpRequest) -> Row:
    """Today's layout, kinds of post, the time of the need that is looked at first, and the studies kept."""
    return shown.start(actor_of_request(request), at=clock.now())


@router.post("/studio/need", response={200: Row, **REFUSALS}, summary="Need by place, with hot spots")
def post_need(request: HttpRequest, body: ChoicesIn) -> Row:
    """Give the cells in which enough calls came to say how many to expect, and which are hot or cold spots."""
    return shown.need(actor_of_request(request), body.choices())


@router.post("/studio/compare", response={200: Row, **REFUSALS}, summary="Two layouts compared on the same need")
def post_compare(request: HttpRequest, body: LayoutsIn) -> Row:
    """Give what each layout reaches, the difference with its interval, areas worse off, reach, gaps and a verdict."""
    a, b = layout_of(body.a), layout_of(body.b)
    return shown.comparison(actor_of_request(request), a, b, body.choices.choices())


@router.post("/studio/propose", response={200: Row, **REFUSALS}, summary="Where posts would reach most need")
def post_propose(request: HttpRequest, body: ProposeIn) -> Row:
    """Place posts of the kinds asked for beside those kept, with the bound on what any places could reach.

    With a budget of a week, `costs` an hour by kind, at most so many of each kind as are asked for.
    """
    return proposals.new_posts(
        actor_of_request(request), layout_of(body.keep), body.kinds, body.choices.choices(), costs=body.costs,
        budget=body.budget,
    )  # fmt: skip


@router.post("/studio/moves", response={200: Row, **REFUSALS}, summary="Which few posts should stand elsewhere")
def post_moves(request: HttpRequest, body: MovesIn) -> Row:
    """Move at most so many posts of a layout to where they reach more; kinds, hours and names stay."""
    return proposals.few_moves(actor_of_request(request), layout_of(body.layout), body.most, body.choices.choices())


@router.post("/studio/merge", response={200: Row, **REFUSALS}, summary="Two posts made one: who gets farther")
def post_merge(request: HttpRequest, body: MergeIn) -> Row:
    """Make two posts of a layout (by their numbers from 0) one, and say which areas get farther and by how much."""
    layout, choices = layout_of(body.layout), body.choices.choices()
    return proposals.merged(actor_of_request(request), layout, body.one, body.other, choices)


@router.post("/studies", response={201: Row, **REFUSALS}, summary="Save a study")
def post_study(request: HttpRequest, body: StudyIn) -> Status[Row]:
    """Keep two layouts, the need as it is now, the seed, and where the journal stood."""
    actor, choices = actor_of_request(request), body.choices.choices()
    record = queries.record_now(actor, choices)
    study = actions.save_study(
        actor, name=body.name, a=layout_of(body.a), b=layout_of(body.b), choices=choices, record=record, seed=body.seed,
        at=clock.now(),
    )  # fmt: skip
    return Status(201, queries.study_row(study, None))


@router.get("/studies/{study_id}", response={200: Row, **REFUSALS}, summary="A study with its figures")
def get_study(request: HttpRequest, study_id: int) -> Row:
    """Give a study's inputs, how far its run is, and the figures when it is done."""
    return shown.study(queries.study_of(actor_of_request(request), study_id))


@router.post("/studies/{study_id}/run", response={200: Row, **REFUSALS}, summary="Simulate a study, stop, go on")
def post_run(request: HttpRequest, study_id: int, body: RunIn) -> Row:
    """Begin a run, stop the one under way, or go on with the one that was stopped."""
    actor, now = actor_of_request(request), clock.now()
    study = queries.study_of(actor, study_id)
    if body.run == "begin":
        actions.begin_run(actor, study=study, at=now)
    else:
        change = actions.stop_run if body.run == "stop" else actions.resume_run
        change(actor, run=queries.must_run(study), at=now)
    return shown.study(study)


@router.post("/studies/{study_id}/drop", response={200: Row, **REFUSALS}, summary="Take a study off the list")
def post_drop(request: HttpRequest, study_id: int) -> Row:
    """Take a study off the list; its number still leads to it."""
    actor = actor_of_request(request)
    study = queries.study_of(actor, study_id)
    actions.drop_study(actor, study=study, at=clock.now())
    return queries.study_row(study, queries.last_run(study))
