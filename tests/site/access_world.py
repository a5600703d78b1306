"""A small city with one of everything that a request may be about, and browsers in every role to ask from."""

import io
import json
import re
from datetime import timedelta
from decimal import Decimal

from access_requests import FORM
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from PIL import Image
from staff_for_tests import acting, make_staff

from maplebridge.deployment.actions import save_study
from maplebridge.deployment.choices import Choices
from maplebridge.deployment.layout import layout_of
from maplebridge.deployment.queries import record_now
from maplebridge.dispatch.actions import assign_unit, install_plans
from maplebridge.dispatch.models import ResponsePlan
from maplebridge.fieldwork import actions as field
from maplebridge.fieldwork.actions import install_forms
from maplebridge.fieldwork.models import LedgerLine
from maplebridge.incidents import actions as incidents
from maplebridge.journal.checkpoints import make_checkpoint
from maplebridge.journal.models import Entry
from maplebridge.kernel import clock
from maplebridge.people import actions as people
from maplebridge.people.models import ApiToken, Grant, Unit
from maplebridge.places.actions import add_premise_note
from maplebridge.places.models import Area, City
from maplebridge.places.register.actions import apply_change
from maplebridge.places.register.actions.care import Wish, ask_for_care
from maplebridge.places.register.rules.changes import Proposal
from maplebridge.positions.actions import issue_tracker, put_fence
from maplebridge.property import actions as registry

SPOT = {"lon": 24.94, "lat": 60.17}
WISHED = "canary name of a request for care"
WRITTEN = "canary words of a field form"  # the address that a hamlet assistant wrote


def picture():
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    return out.getvalue()


FILES = {
    "picture": picture,
    "track": lambda: b"time,lon,lat\n2026-05-04T12:00:00Z,24.9,60.1\n",
    "codes": lambda: b"code\nWTU123456\n",
}


def make_world(machine):
    """A small city with one of everything that a request may be about, made by others than whoever asks."""
    cache.clear()
    at = clock.now()
    City.objects.create(name="T", time_zone="UTC", west=24.9, south=60.1, east=25.0, north=60.2, edition="test")
    incidents.install_types(machine, at=at)
    install_plans(machine, at=at)
    made = {
        name: incidents.report_incident(machine, type="noise", caller="A. Caller", **SPOT, at=at).incident
        for name in ("incident", "other", "merged", "closed", "busy_with")
    }
    incidents.merge_incidents(machine, incident=made["merged"], into=made["other"], at=at)
    incidents.close_incident(machine, incident=made["closed"], disposition="05", at=at)
    file = incidents.attach_file(machine, incident=made["incident"], name="p.png", content=picture(), at=at)
    note = add_premise_note(machine, kind="hazard", text="Dog", reason="seen by crew", **SPOT,
                            expires_at=at + timedelta(days=9), at=at)  # fmt: skip
    them = make_staff("chief", username="them")
    units = {}
    for name, kind in (("free", "car"), ("busy", "car"), ("post", "post"), ("rested", "car")):
        unit = people.enlist_unit(machine, call_sign=name[:4], kind=kind, home=(24.94, 60.17), at=at)
        if name != "rested":
            hour = timedelta(hours=1)
            people.open_shift(machine, unit=unit, crew=[them], starts_at=at - hour, ends_at=at + hour, at=at)
        units[name] = unit.pk
        if name == "busy":
            assign_unit(machine, incident=made["busy_with"], unit=unit, at=at)
    found = {name: each.pk for name, each in made.items()} | units | of_others(them, made["incident"], at)
    busy = Unit.objects.get(pk=units["busy"])
    issue_tracker(machine, unit=busy, at=at)
    fence = put_fence(machine, name="Gate", lon=24.94, lat=60.17, radius_m=100, at=at)
    found |= {"tracker": busy.trackers.get().pk, "fence": fence.pk, "hour_ago": clock.stamp(at - timedelta(hours=1))}
    found["study"] = study_of(machine, at).pk
    found |= registry_of(machine, at)
    visit = next(version for version in install_forms(machine, at=at) if version.form_id == "visit")
    found |= register_of(machine, at)
    found |= {"form": visit.pk, "form_version": visit.version} | work_of(machine, them, visit.version, at)
    return found | {"file": file.pk, "note": note.pk, "plan": ResponsePlan.objects.first().pk, "them": them.pk,
                    "number": made["incident"].number, "now": clock.stamp(at),
                    "soon": clock.stamp(at + timedelta(days=3)), "size": signed(at)}  # fmt: skip


def study_of(actor, at):
    """A study that somebody else saved."""
    a = layout_of({"name": "A", "posts": [{"name": "F1", "kind": "foot", **SPOT}]})
    choices = Choices(clock.stamp(at - timedelta(days=7)), clock.stamp(at + timedelta(minutes=1)))
    return save_study(
        actor, name="S", a=a, b=a, choices=choices, record=record_now(actor, choices), seed=1, at=at
    )  # fmt: skip


def work_of(machine, them, version, at):
    """A hamlet assistant's submissions, one that waits and one that was accepted; a deduction, a scheme, a sheet."""
    worker = make_staff("hamlet_assistant", username="hamlet")
    reviews = []
    for number in (1, 2):
        xml = (f'<data id="visit" version="{version}"><place><address>{WRITTEN} {number}</address></place>'
               f"<meta><instanceID>uuid:{number}</instanceID></meta></data>").encode()  # fmt: skip
        sent = field.receive_submission(acting(worker), user=worker, xml=xml, files={}, at=at).submission
        reviews.append(field.screen_submission(machine, submission=sent, at=at))
    field.accept_submission(acting(them), review=reviews[1], at=at)
    for entry in Entry.objects.filter(verb="fieldwork.submission_accepted"):
        field.post_to_ledger(machine, entry=entry)
    long_ago = at - timedelta(days=100)
    scheme = field.install_schemes(machine, at=long_ago)[0]
    draft = field.add_scheme(machine, code="other", rules=scheme.rules, at=at)
    taken = field.deduct_points(acting(them), user=worker, starts_on=at.date().replace(day=1), points=Decimal(1),
                                reason="Three forms were copies.", at=at)  # fmt: skip
    field.appeal_deduction(acting(worker), deduction=taken, words="They are three doors.", at=at)
    sheet = field.draw_up_sheet(acting(them), area=None, day=at.date() - timedelta(days=40), at=at)
    line = LedgerLine.objects.get(kind="form")
    return {"review": reviews[0].pk, "line": line.position, "scheme": draft.pk, "deduction": taken.pk,
            "sheet": sheet.pk, "sheet_digest": sheet.digest}  # fmt: skip


def register_of(machine, at):
    """A house in the register, a request for care there, a task in its village."""
    ring = [[24.93, 60.16], [24.95, 60.16], [24.95, 60.18], [24.93, 60.18], [24.93, 60.16]]
    village = Area.objects.create(
        code="330681101201", name="Eastfield", kind="village", path="/330681101201/", west=24.93, south=60.16,
        east=24.95, north=60.18, geometry={"type": "Polygon", "coordinates": [ring]},
    )  # fmt: skip
    fields = {"street": "Mill Lane", "number": "12", **SPOT}
    house = apply_change(machine, proposal=Proposal("address", fields, "form"), take=tuple(fields), at=at)
    wish = Wish(WISHED, ["alone"], "paper", "0409876543", "")
    care, _code = ask_for_care(machine, address_id=house.pk, wish=wish, at=at)
    whose = field.Whose(village, role="auxiliary")
    task = field.give_task(machine, title="Look at the drains", whose=whose, at=at)
    return {"address": house.pk, "care": care.pk, "task": task.pk}


def registry_of(machine, at):
    """A place, a stolen item and the alarm that it raised there."""
    dealer = registry.accredit_dealer(machine, name="Market", kind="second_hand", **SPOT, at=at)
    codes = [registry.Code("frame", "WTU123456")]
    owner = registry.NewOwner(name="A. Owner", phone="0400 123456")
    item = registry.register_item(machine, kind="e_bike", codes=codes, owner=owner, dealer=dealer, at=at).item
    lost = {"lost_from": at - timedelta(hours=2), "lost_to": at - timedelta(hours=1)}
    theft = registry.report_stolen(machine, item=item, **SPOT, **lost, at=at)
    done = registry.record_sighting(machine, code="WTU123456", channel="dealer", dealer=dealer, at=at)
    return {"item": item.pk, "theft": theft.pk, "alarm": done.alarm.pk, "dealer": dealer.pk}


def signed(at):
    """Sign the journal as it is and return how many entries of its last, partial tile anyone may ask for."""
    made = make_checkpoint(at=at)
    assert made is not None and made.size < 256
    return made.size


def of_others(them, incident, at):
    """What belongs to another person: a grant, a token, a phone, a session, a passkey, requests for approval."""
    actor = acting(them)
    people.issue_token(actor, user=them, days=9, at=at)
    device, code = people.offer_device(actor, user=them, name="phone", at=at)
    people.enrol_device(actor, code=code, at=at)
    officer = make_staff("post_officer", username="hurried")
    emergency = people.break_glass(acting(officer), user=officer, reason="a fire in the next area", at=at)
    session = UserSession.objects.create(user=them, ip="192.0.2.1", session_key="k", user_agent="x")
    key = Authenticator.objects.create(user=them, type="webauthn", data={"name": "key", "credential": {}})
    ask = {"user": them, "kind": "erasure", "subject": f"incident:{incident.pk}", "reason": "a request by them"}
    asked, approved = (people.ask_approval(actor, **ask, at=at) for _n in range(2))
    second = make_staff("chief", username="second")
    people.decide_approval(acting(second), approval=approved, user=second, approved=True, at=at)
    return {
        "their_grant": Grant.objects.get(user=them).pk, "their_token": ApiToken.objects.get(user=them).pk,
        "their_device": device.pk, "their_session": session.pk, "their_key": key.pk, "emergency": emergency.pk,
        "asked": asked.pk, "approved": approved.pk,
    }  # fmt: skip


def filled(value, names):
    """Fill {names} into a path or a body; a value that is one name alone keeps its type."""
    if isinstance(value, dict):
        return {key: filled(each, names) for key, each in value.items()}
    if isinstance(value, str):
        alone = re.fullmatch(r"\{(\w+)\}", value)
        return names[alone[1]] if alone else re.sub(r"\{(\w+)\}", lambda m: str(names[m[1]]), value)
    return value


def send(client, request, names):
    """Send one request of the list."""
    method, _registered, path, *body = request
    call = getattr(client, method.lower())
    if not body:
        return call(filled(path, names))
    kind, content = body
    if isinstance(content, str):
        return call(filled(path, names), {"file": io.BytesIO(FILES[content]())})
    content = filled(content, names)
    if kind == FORM:
        return call(filled(path, names), content)
    return call(filled(path, names), json.dumps(content), content_type="application/json")


def client_of(role):
    """A browser in a role that has proven who it is, good for a long walk; nobody's without a role."""
    client = Client()
    if role:
        user = make_staff(role, username=f"as.{role}")
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        session = client.session
        proof = {"method": "password", "at": clock.now().timestamp() + 3600, "reauthenticated": True}
        session["account_authentication_methods"] = [proof]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client
