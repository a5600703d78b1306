"""A worker without a network: a form with a photo is filled in, survives the closed tab, and arrives once."""

import base64
import json
import re

import pytest
from journey_cable import cable
from journey_people import sign_in
from journey_words import Words
from playwright.sync_api import Page, expect
from test_every_page import violations

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
HERE = {"longitude": 24.9414, "latitude": 60.1697}
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FAAhKDveksOjmAAAAAElFTkSuQmCC"
)
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


class Worker:
    """A worker at the field client."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.words = Words("field/i18n", "en")

    def press(self, key: str) -> None:
        self.page.get_by_role("button", name=self.words(key), exact=True).click()

    def opens(self, form: str) -> None:
        self.page.get_by_role("button", name=form, exact=True).click()
        expect(self.page.get_by_role("heading", name=form)).to_be_visible()

    def fills_in_a_visit(self, address: str) -> None:
        self.page.get_by_label("Address").fill(address)
        self.page.get_by_role("radio", name="House").check()
        self.page.get_by_label("Number of residents").fill("3")
        self.page.get_by_role("radio", name="No", exact=True).check()
        self.page.get_by_role("checkbox", name="Bad wiring").check()

    def takes_a_photo(self) -> None:
        self.page.get_by_label("Photo of the hazard").set_input_files(
            files=[{"name": "wiring.png", "mimeType": "image/png", "buffer": PNG}]
        )
        self.shows_the_photo()

    def shows_the_photo(self) -> None:
        expect(self.page.get_by_role("img", name=self.words("photo_taken"))).to_be_visible()

    def says(self, words: str) -> None:
        expect(self.page.locator("header").get_by_text(words)).to_be_visible()

    def can_open_without_a_network(self) -> None:
        """Wait until the page and every form are on the phone."""
        expect(self.page.get_by_role("button", name="Household visit")).to_be_enabled()
        self.page.evaluate("navigator.serviceWorker.ready")
        self.page.wait_for_function(
            """async () => (await (await caches.open('maplebridge-field-shell-1')).keys())
                .some(request => request.url.includes('field.js'))"""
        )


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
        page = sign_in(context, "officer")
        page.goto("/field")
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
    reviewer = sign_in(open_context(), "chief")
    reviewer.goto("/workbook/review")
    link = reviewer.get_by_role("row").filter(has_text="Post officer 7").get_by_role("link", name="Household visit")
    for _try in range(20):  # it is screened a moment after it has arrived
        if link.count():
            break
        reviewer.wait_for_timeout(500)
        reviewer.reload()
    link.last.click()
    expect(reviewer.get_by_role("main")).to_contain_text("Maple Lane 7")
    reviewer.get_by_role("button", name="Accept", exact=True).click()
    expect(reviewer.get_by_role("status").filter(has_text="Accepted.")).to_be_visible()
    assert "3 True" in server.python(REGISTERED)
    mine = sign_in(open_context(**PHONE), "officer")
    line = mine.get_by_role("main").get_by_text("Household visit")
    for _try in range(20):  # the ledger is written from the journal a moment after
        mine.goto("/workbook")
        if line.count():
            break
        mine.wait_for_timeout(500)
    expect(line.first).to_be_visible()
    auditor = sign_in(open_context(), "auditor")
    auditor.goto("/journal")
    auditor.get_by_role("button", name="Verify").click()
    expect(auditor.get_by_role("heading", name="Sound")).to_be_visible()


def test_what_is_missing_is_said_in_the_form_and_a_finished_one_is_saved_to_a_file(open_context, faults):
    context = open_context(**PHONE)
    worker = Worker(sign_in(context, "officer"))
    worker.page.goto("/field")
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
    worker = Worker(sign_in(open_context(**PHONE), "officer"))
    worker.page.goto("/field")
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


GIVE = """
from maplebridge.fieldwork import actions
from maplebridge.fieldwork.models import Form
from maplebridge.kernel import clock
from maplebridge.people.actor import system
from maplebridge.people.models import User
from maplebridge.places.models import Area
whose = actions.Whose(Area.objects.first(), user=User.objects.get(username="officer"))
task = actions.give_task(system("journey"), title="Look at the wall", whose=whose, form=Form.objects.get(pk="hazard"),
                         at=clock.now())
print(task.pk)
"""
DRAWN = """
from maplebridge.fieldwork.models import Submission, Task
sent = Submission.objects.filter(version__form="hazard", user__username="officer").latest("pk")
(file,) = sent.files.all()
content = file.file.read()
print(sent.complete, Task.objects.get(title="Look at the wall").state, file.media_type, content[16:24].hex(),
      content[-8:-4].decode(), f">{file.name}</sketch>" in bytes(sent.xml).decode())
"""
INK = """canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
    .filter((value, at) => at % 4 === 0 && value < 128).length"""


class Drawing:
    """The sketch in a form."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.canvas = page.get_by_role("img", name=re.compile("^Drawing area: Sketch of the place"))

    def line(self, *points: tuple[float, float]) -> None:
        """Draw a line through points, each as shares of the width and height."""
        self.canvas.scroll_into_view_if_needed()
        box = self.canvas.bounding_box()
        for number, (x, y) in enumerate(points):
            self.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
            if number == 0:
                self.page.mouse.down()
        self.page.mouse.up()

    def ink(self) -> int:
        """How many pixels are dark."""
        return self.canvas.evaluate(INK)


def test_a_sketch_drawn_offline_for_a_task_survives_the_closed_tab_and_arrives_whole(open_context, server, faults):
    faults.network_is_broken = True
    number = server.python(GIVE).strip()
    with cable(server.port) as line:
        context = open_context(base_url=line.url, **PHONE)
        page = sign_in(context, "officer")
        page.goto("/field")
        worker = Worker(page)
        worker.can_open_without_a_network()
        expect(page.get_by_role("button", name=re.compile("Look at the wall"))).to_be_visible()
        expect(page.get_by_role("button", name="Fire or flood hazard", exact=True)).to_be_enabled()
        line.pull()
        context.set_offline(True)
        page.reload()
        page.get_by_role("button", name=re.compile("Look at the wall")).click()
        expect(page.get_by_label("Which task is this for?")).to_have_value(number)
        page.get_by_label("Address").fill("Mill Lane 12")
        page.get_by_role("radio", name="Slope or wall moves").check()
        page.get_by_role("radio", name="This week").check()
        page.get_by_label("What you saw and did").fill("The wall leans.")
        drawing = Drawing(page)
        drawing.line((0.1, 0.2), (0.5, 0.8), (0.9, 0.2))
        kept = drawing.ink()
        drawing.line((0.1, 0.9), (0.9, 0.9))
        assert drawing.ink() > kept > 0
        worker.press("draw_undo")
        assert drawing.ink() == pytest.approx(kept, rel=0.02)
        assert not violations(page)
        expect(page.get_by_text(worker.words("saved"))).to_be_visible()
        page.close()

        worker = Worker(context.new_page())
        worker.page.goto("/field")
        worker.page.get_by_role("button", name=f"{worker.words('go_on')}: Fire or flood hazard").click()
        expect(worker.page.get_by_label("Which task is this for?")).to_have_value(number)
        drawing = Drawing(worker.page)
        expect(worker.page.get_by_role("button", name=worker.words("draw_clear"))).to_be_enabled()
        assert drawing.ink() == pytest.approx(kept, rel=0.02)
        worker.press("finish")
        worker.says(worker.words("unsent_1"))
        line.plug()
        context.set_offline(False)
        worker.says(worker.words("unsent_0"))
    size = (960).to_bytes(4).hex() + (640).to_bytes(4).hex()
    assert server.python(DRAWN).split() == ["True", "delivered", "image/png", size, "IEND", "True"]


PICTURED = """
import base64
from maplebridge.fieldwork import actions
from maplebridge.kernel import clock
from maplebridge.people.actor import system
text = b"| survey |\\n| | type | name | label | media::image |\\n"
text += b"| | select_one sign | sign | Which sign? | sign.png |\\n"
text += b"| | select_one_from_file lanes.csv | lane | Which lane? | |\\n"
text += b"| choices |\\n| | list_name | name | label | media::image |\\n| | sign | stop | Stop | stop.png |\\n"
text += b"| settings |\\n| | form_title | form_id | version |\\n| | Signs | signs | 1 |\\n"
machine, at = system("journey"), clock.now()
version = actions.add_form_version(machine, spreadsheet=text, kind="md", at=at)
for name in ("sign.png", "stop.png"):
    actions.attach_form_file(machine, version=version, name=name, content=base64.b64decode("%s"), at=at)
actions.attach_form_file(machine, version=version, name="lanes.csv", content=b"name,label\\n7,Mill Lane\\n", at=at)
actions.publish_form(machine, version=version, at=at)
"""


def test_pictures_and_lists_of_a_form_are_there_without_a_network_before_it_was_ever_opened(
    open_context, server, faults
):
    faults.network_is_broken = True
    server.python(PICTURED % base64.b64encode(PNG).decode())
    with cable(server.port) as line:
        context = open_context(base_url=line.url, **PHONE)
        page = sign_in(context, "officer")
        page.goto("/field")
        Worker(page).can_open_without_a_network()
        expect(page.get_by_role("button", name="Signs", exact=True)).to_be_enabled()
        line.pull()
        context.set_offline(True)
        page.reload()
        Worker(page).opens("Signs")
        expect(page.get_by_role("radio", name="Stop")).to_be_visible()
        expect(page.get_by_role("radio", name="Mill Lane")).to_be_visible()
        pictures = page.locator(".questions img")
        expect(pictures.nth(1)).to_be_attached()
        for picture in pictures.all():
            expect(picture).to_have_js_property("naturalWidth", 10)
