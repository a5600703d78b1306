"""Without a network a form has all that belongs to it: the worker's tasks, a sketch, pictures and lists."""

import base64
import re

import pytest
from journey_cable import cable
from journey_field import PHONE, PNG, Worker
from journey_people import sign_in
from playwright.sync_api import Page, expect
from test_every_page import violations

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
        page = sign_in(context, "officer", "/field")
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


NO_ROOM = """() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...values) {
        if (this.name !== 'files') return put.apply(this, values);
        throw new DOMException('No room', 'QuotaExceededError');
    };
    window.makeRoom = () => { IDBObjectStore.prototype.put = put; };
}"""


def test_a_sketch_for_which_the_phone_has_no_room_is_said_to_be_missing_until_there_is_room(open_context, server):
    page = sign_in(open_context(**PHONE), "officer", "/field")
    worker = Worker(page)
    worker.opens("Fire or flood hazard")
    drawing = Drawing(page)
    page.evaluate(NO_ROOM)
    drawing.line((0.1, 0.2), (0.9, 0.2))
    expect(page.get_by_role("alert")).to_contain_text("the phone may be full")
    expect(page.get_by_text(worker.words("saved"))).to_be_hidden()
    page.evaluate("window.makeRoom()")
    drawing.line((0.1, 0.4), (0.9, 0.4))
    expect(page.get_by_text(worker.words("saved"))).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()


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
        page = sign_in(context, "officer", "/field")
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
