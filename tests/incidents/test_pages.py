"""The public pages, and those for paper."""

import io
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from PIL import Image

from maplebridge.incidents.actions import attach_file, close_incident
from maplebridge.incidents.models import Attachment, Incident, Report, ReservedNumber
from maplebridge.journal.models import Entry
from maplebridge.kernel import clock
from maplebridge.people.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


def photo(kind="JPEG", *, gps=True, size=(40, 30)):
    image, out, exif = Image.new("RGB", size, "red"), io.BytesIO(), Image.Exif()
    if gps:
        exif[0x010F] = "Camera of a resident"
        exif.get_ifd(0x8825).update({1: "N", 2: (60.0, 10.0, 0.0), 3: "E", 4: (24.0, 56.0, 0.0)})
    image.save(out, kind, exif=exif)
    out.seek(0)
    out.name = f"photo.{kind.lower()}"
    return out


def fill(client, **values):
    """Open the public form and send it filled."""
    page = client.get("/report").content.decode()
    token = re.search(r'name="form" value="([^"]+)"', page).group(1)
    body = {"type": "noise", "lon": "24.94", "lat": "60.17", "address": "Square 1", "narrative": "loud music"}
    return client.post("/report", body | {"form": token} | values)


def test_a_resident_reports_with_a_photo_and_follows_it_by_code(client, city, types):
    answer = fill(client, caller="A. Resident", phone="0401234567", photo=photo())
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(answer.url).content.decode()
    assert "0001" in page
    assert "A. Resident" not in page
    report = Report.objects.get()
    assert report.follow_key
    assert report.follow_key not in answer.url
    assert (report.source, report.caller) == ("public", "A. Resident")
    assert Incident.objects.get().source == "public"


def test_a_public_photo_loses_its_position_and_everything_else_about_itself(client, city, types):
    fill(client, photo=photo())
    stored = Image.open(Attachment.objects.get().file.open("rb"))
    assert dict(stored.getexif()) == {}
    assert stored.size == (40, 30)


def test_sending_the_form_twice_makes_one_report_with_one_code(client, city, types):
    page = client.get("/report").content.decode()
    token = re.search(r'name="form" value="([^"]+)"', page).group(1)
    first, second = (
        client.post("/report", {"form": token, "lon": "24.94", "lat": "60.17", "narrative": "twice"}) for _ in range(2)
    )
    assert first.url == second.url
    assert Incident.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"narrative": " "}, "few words"),
        ({"lon": "", "lat": "", "address": ""}, "Say where"),
        ({"lon": "", "lat": "", "address": "Nowhere Road 99"}, "No place called"),
        ({"lon": "10", "lat": "10"}, "outside Testby"),
        ({"type": "no_such"}, "no incident type"),
        ({"form": "forged"}, "too long"),
        ({"website": "spam.example"}, "could not be taken"),
        ({"narrative": "x" * 25_000}, "at most 20000"),
    ],
)
def test_the_public_form_says_what_is_wrong_and_keeps_what_was_written(client, city, types, values, says):
    answer = fill(client, caller="Kept Name", **values)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert says in page
    assert "Kept Name" in page
    assert not Incident.objects.exists()


def test_a_file_that_is_no_photo_is_refused_before_anything_is_written(client, city, types):
    fake = io.BytesIO(b"\xff\xd8\xff but no picture")
    fake.name = "photo.jpg"
    answer = fill(client, photo=fake)
    assert answer.status_code == 422
    assert "cannot be read" in answer.content.decode()
    assert not Incident.objects.exists()


def test_one_connection_cannot_flood_the_desk(client, city, types):
    answers = [fill(client, narrative=f"number {n}").status_code for n in range(10)]
    assert answers.count(302) == 8
    assert answers[-1] == 429


def test_an_unknown_code_tells_nothing(client, city, types):
    answer = client.get("/follow/0000-0000-0000")
    assert answer.status_code == 404
    assert "no report with this code" in answer.content.decode()


def test_a_code_is_forgiving_about_letters_and_dashes(client, city, types):
    url = fill(client).url
    code = url.rsplit("/", 1)[1]
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert client.get("/follow", {"code": typed}).url == url


def test_the_public_pages_speak_chinese(client, city, types):
    page = client.get("/report", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "噪音扰民" in page


@pytest.fixture
def desk_client(client, desk):
    client.force_login(User.objects.get(pk=desk.user_id))
    return client


@pytest.mark.parametrize("path", ["/cards", "/catch-up", "/incidents/1/sheet", "/incidents/1/files/1"])
def test_papers_are_for_those_signed_in(client, city, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.url.startswith("/sign-in")


def test_the_sheet_shows_everything_but_callers(desk_client, desk, report, noon):
    incident = report("noise", narrative="music <b>loud</b>", caller="Secret Name", phone="0409999999")
    close_incident(desk, incident=incident, disposition="02", narrative="asked them to stop", at=noon)
    page = desk_client.get(f"/incidents/{incident.pk}/sheet").content.decode()
    for words in ("0001", "music &lt;b&gt;loud", "asked them to stop", "advised on the spot", "data:image/svg+xml"):
        assert words in page, words
    assert "Secret Name" not in page
    assert "0409999999" not in page
    assert " style=" not in page


def test_the_sheet_of_an_incident_that_is_not_there_is_a_sentence(desk_client, city):
    answer = desk_client.get("/incidents/999/sheet")
    assert answer.status_code == 404
    assert "no incident 999" in answer.content.decode()


@pytest.fixture
def in_may(monkeypatch, noon):
    """Cards are entered the day after."""
    monkeypatch.setattr(clock, "now", lambda: noon + timedelta(days=1))


def test_cards_are_reserved_printed_and_entered_with_their_own_time(desk_client, city, types, desk, in_may):
    answer = desk_client.post("/cards", {"count": "3"})
    assert ReservedNumber.objects.count() == 3
    page = desk_client.get(answer.url).content.decode()
    assert page.count('class="card"') == 3
    form = {
        "number": "0002", "occurred_at": "2026-05-04T15:30", "type": "dispute", "address": "24.94, 60.17",
        "narrative": "written by candle", "units": "M21 15:35-15:50", "disposition": "03",
        "closed_at": "2026-05-04T15:50",
    }  # fmt: skip
    done = desk_client.post("/catch-up", form)
    assert done.status_code == 302, done.content.decode()
    incident = Incident.objects.get(number=2)
    assert clock.stamp(incident.reported_at) == "2026-05-04T12:30:00.000Z"  # Helsinki is three hours ahead in May
    assert (incident.state, incident.disposition, incident.source) == ("Closed", "03", "paper")
    entry = Entry.objects.get(verb="incidents.reported")
    assert entry.at == incident.reported_at
    assert entry.entered_at > entry.at
    assert "?number=0002" not in desk_client.get("/catch-up").content.decode()
    again = desk_client.post("/catch-up", form)
    assert again.status_code == 422
    assert "entered already" in again.content.decode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"number": "77"}, "was not reserved"),
        ({"number": "x"}, "number printed"),
        ({"occurred_at": ""}, "day and time"),
        ({"occurred_at": "yesterday"}, "2026-05-04 14:30"),
        ({"occurred_at": "2999-01-01T00:00"}, "future"),
        ({"type": ""}, "Choose a type"),
        ({"disposition": "99"}, "dispositions"),
        ({"disposition": "01", "closed_at": "2026-05-01T10:00"}, "before"),
    ],
)
def test_a_card_entered_wrongly_is_refused_with_a_sentence_and_nothing_is_kept(
    desk_client, city, types, in_may, change, says
):
    desk_client.post("/cards", {"count": "1"})
    form = {"number": "1", "occurred_at": "2026-05-04T15:30", "type": "noise", "address": "24.94, 60.17"}
    answer = desk_client.post("/catch-up", form | change)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Incident.objects.exists()


@pytest.mark.parametrize("count", ["0", "501", "many", ""])
def test_only_a_sensible_number_of_cards_is_reserved(desk_client, city, count):
    assert desk_client.post("/cards", {"count": count}).status_code == 422
    assert not ReservedNumber.objects.exists()


def test_a_file_is_shown_to_staff_and_the_look_is_journaled(desk_client, desk, report, noon):
    incident = report()
    kept = attach_file(desk, incident=incident, name="note.txt", content=b"plain words", at=noon)
    answer = desk_client.get(reverse("incident_file", args=[incident.pk, kept.pk]))
    assert b"".join(answer.streaming_content) == b"plain words"
    assert "attachment" in answer["Content-Disposition"]
    assert Entry.objects.filter(verb="incidents.file_consulted").count() == 1
