"""A worker without a network: a form with a photo is filled in, survives the closed tab, and arrives once."""

import json
import re

import pytest
from journey_cable import cable
from journey_field import HERE, PHONE, Worker
from journey_people import reload_until, sign_in
from playwright.sync_api import expect
from test_every_page import violations

ARRIVED = """
import json
from maplebridge.fieldwork.models import Submission
rows = Submission.objects.filter(user__username="officer").order_by("pk")
print(json.dumps([[r.version.form_id, r.complete, bytes(r.xml).decode(),
                   [[f.media_type, f.size > 0] for f in r.files.all()]] for r in rows]))
"""
REGISTERED = """
from maplebridge.places.register.models import Address, Premise
for premise in Premise.objects.select_related("address"):
    print(premise.residents, "Maple" in str(premise.address))
"""


@pytest.fixture
def arrived(server):
    return lambda: json.loads(server.python(ARRIVED))


def test_a_form_filled_in_without_a_network_survives_the_closed_tab_and_arrives_once(
    open_context, server, faults, arrived
):
    faults.network_is_broken = True
    before = len(arrived())
    with cable(server.port) as line:
        context = open_context(base_url=line.url, permissions=["geolocation"], geolocation=HERE, **PHONE)
        page = sign_in(context, "officer", "/field")
        Worker(page).can_open_without_a_network()
        line.pull()
        context.set_offline(True)
        page.reload()
        worker = Worker(page)
        worker.says(worker.words("offline"))
        worker.opens("Household visit")
        worker.fills_in_a_visit("Maple Lane 7")
        worker.press("use_position")
        expect(page.get_by_label("Where it is")).to_have_value(re.compile(r"^60\.169700 24\.941400 "))
        worker.takes_a_photo()
        expect(page.get_by_text(worker.words("saved"))).to_be_visible()
        page.close()

        worker = Worker(context.new_page())
        worker.page.goto("/field")
        worker.page.get_by_role("button", name=f"{worker.words('go_on')}: Household visit").click()
        expect(worker.page.get_by_label("Address")).to_have_value("Maple Lane 7")
        expect(worker.page.get_by_role("checkbox", name="Bad wiring")).to_be_checked()
        worker.shows_the_photo()
        worker.press("finish")
        worker.says(worker.words("unsent_1"))
        expect(worker.page.get_by_role("region", name=worker.words("waiting"))).to_contain_text("Household visit")
        assert len(arrived()) == before

        line.plug()
        context.set_offline(False)
        worker.says(worker.words("unsent_0"))
        worker.says(worker.words("online"))
        expect(worker.page.get_by_role("region", name=worker.words("carry"))).to_contain_text("Household visit")
    form, complete, xml, files = arrived()[before]
    assert (len(arrived()), form, complete, files) == (before + 1, "visit", True, [["image/jpeg", True]])
    assert "<address>Maple Lane 7</address>" in xml
    assert "<hazard_other/>" not in xml, "what was not asked is not sent"
    _is_accepted_and_stands_in_register_and_ledger(open_context, server)


def _is_accepted_and_stands_in_register_and_ledger(open_context, server):
    reviewer = sign_in(open_context(), "chief", "/workbook/review")
    link = reviewer.get_by_role("row").filter(has_text="Post officer 7").get_by_role("link", name="Household visit")
    reload_until(reviewer, link)  # it is screened a moment after it has arrived
    link.last.click()
    expect(reviewer.get_by_role("main")).to_contain_text("Maple Lane 7")
    reviewer.get_by_role("button", name="Accept", exact=True).click()
    expect(reviewer.get_by_role("status").filter(has_text="Accepted.")).to_be_visible()
    assert "3 True" in server.python(REGISTERED)
    mine = sign_in(open_context(**PHONE), "officer", "/workbook")
    line = mine.get_by_role("main").get_by_text("Household visit")
    reload_until(mine, line)  # the ledger is written from the journal a moment after
    expect(line.first).to_be_visible()
    auditor = sign_in(open_context(), "auditor", "/journal")
    auditor.get_by_role("button", name="Verify").click()
    expect(auditor.get_by_role("heading", name="Sound")).to_be_visible()


def test_what_is_missing_is_said_in_the_form_and_a_finished_one_is_saved_to_a_file(open_context, faults):
    context = open_context(**PHONE)
    worker = Worker(sign_in(context, "officer", "/field"))
    worker.opens("Household visit")
    assert not violations(worker.page)
    worker.press("finish")
    expect(worker.page.get_by_role("alert")).to_have_text(worker.words("faults"))
    expect(worker.page.get_by_text(worker.words("needed")).first).to_be_visible()
    assert not violations(worker.page)
    worker.page.get_by_label("Address").fill("Unfinished 1")
    expect(worker.page.get_by_text(worker.words("saved"))).to_be_visible()
    worker.press("back")
    with worker.page.expect_download() as saved:
        worker.press("export")
    kept = json.loads(saved.value.path().read_text(encoding="utf-8"))
    assert [re.search("<address>(.*)</address>", row["xml"]).group(1) for row in kept["records"]] == ["Unfinished 1"]
    worker.page.get_by_role("button", name=re.compile(f"^{worker.words('delete')}: ")).click()
    worker.press("delete_sure")
    expect(worker.page.get_by_role("region", name=worker.words("drafts"))).to_have_count(0)
    worker.page.get_by_label(worker.words("import")).set_input_files(saved.value.path())
    expect(worker.page.get_by_role("region", name=worker.words("drafts"))).to_contain_text("Household visit")


RETURN = """
from maplebridge.fieldwork import actions
from maplebridge.fieldwork.models import Review, Submission
from maplebridge.kernel import clock
from maplebridge.people.actor import system
sent = Submission.objects.get(version__form="nothing", replaced_by=None)
actions.screen_submission(system("journey"), submission=sent, at=clock.now())
review = Review.objects.get(submission=sent)
actions.return_submission(system("journey"), review=review, reason="Which day was it?", at=clock.now())
"""
CHANGED = """
from maplebridge.fieldwork.models import Submission
for sent in Submission.objects.filter(version__form="nothing").order_by("pk"):
    print(sent.replaces_id is not None, b"<day>2026-05-04</day>" in bytes(sent.xml))
"""


def test_what_is_returned_opens_filled_in_and_what_is_sent_then_takes_its_place(open_context, server, faults):
    worker = Worker(sign_in(open_context(**PHONE), "officer", "/field"))
    worker.opens("Nothing to report today")
    worker.page.get_by_label(re.compile("^Day")).fill("2026-05-03")
    worker.press("finish")
    expect(worker.page.get_by_role("region", name=worker.words("carry"))).to_contain_text("Nothing to report today")
    server.python(RETURN)
    worker.page.reload()
    expect(worker.page.get_by_role("region", name=worker.words("tasks"))).to_contain_text("Which day was it?")
    worker.page.get_by_role("button", name=re.compile(f"^{worker.words('change_it')}: ")).click()
    expect(worker.page.get_by_label(re.compile("^Day"))).to_have_value("2026-05-03")
    worker.page.get_by_label(re.compile("^Day")).fill("2026-05-04")
    worker.press("finish")
    expect(worker.page.get_by_text(worker.words("no_tasks"))).to_be_visible()
    assert server.python(CHANGED).split() == ["False", "False", "True", "True"]
