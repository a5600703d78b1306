"""The hierarchy comes from official tables, its posts from a roster, and what has no post is seen."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.test import Client

from maplebridge.fieldwork.dots import frame_of
from maplebridge.fieldwork.importing import apply_divisions, apply_roster, read_divisions, read_roster
from maplebridge.fieldwork.queries.coverage import counts, posts
from maplebridge.fieldwork.rules.coverage import state_of
from maplebridge.journal.models import Entry
from maplebridge.kernel.refused import BadInput
from maplebridge.people.models import Grant, User
from maplebridge.places.models import Area
from maplebridge.places.register.rules.divisions import meaning_of

pytestmark = pytest.mark.django_db
OFFICIAL = """统计用区划代码,名称
450300000000,桂林市
450329000000,资源县
450329100000,资源镇
450329100001,城北社区
450329100201,石溪村
45032910020101,上屯
"""


def quiet(_done, _whole):
    pass


def sheet(*rows):
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def planted(machine, noon):
    tree = read_divisions("d.csv", OFFICIAL.encode())
    assert not tree.faults
    return apply_divisions(machine, tree.divisions, at=noon, progress=quiet)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [("45", "45"), ("450329000000", "450329"), ("450329", "450329"), ("450329100000", "450329100"),
     ("450329100201", "450329100201"), ("45032910020101", "45032910020101"), ("X7", ""), ("000000", "")],
)  # fmt: skip
def test_an_official_code_says_how_far_down_it_is(code, meaning):
    assert meaning_of(code) == meaning


def test_official_codes_make_the_tree_by_themselves(machine, noon):
    done = planted(machine, noon)
    assert (done.new, done.changed, done.same) == (6, 0, 0)
    hamlet = Area.objects.get(name="上屯")
    assert hamlet.path == "/450300000000/450329000000/450329100000/450329100201/45032910020101/"
    assert (hamlet.kind, hamlet.level, hamlet.parent.name) == ("hamlet", 4, "石溪村")
    assert hamlet.geometry is None
    assert hamlet.middle is None
    kinds = dict(Area.objects.values_list("name", "kind"))
    assert [kinds[name] for name in ("桂林市", "资源县", "资源镇", "石溪村")] == [
        "prefecture", "county", "township", "village",
    ]  # fmt: skip


def test_a_table_sent_again_changes_only_what_is_different(machine, noon):
    planted(machine, noon)
    assert planted(machine, noon).same == 6
    tree = read_divisions("d.csv", OFFICIAL.replace("上屯", "下屯").encode())
    done = apply_divisions(machine, tree.divisions, at=noon, progress=quiet)
    assert (done.new, done.changed, done.same) == (0, 1, 5)
    assert Entry.objects.filter(verb="places.divisions_imported").count() == 3


def test_faults_name_the_cell_and_rows_in_any_order_find_their_parent():
    rows = ("code,name,parent,kind,lon,lat", "h,Mill,v,,110,25", "", "x,,v", "v,Ferry,t,village", "t,Stone,,township",
            "q,Lost,gone", "z,Far,t,,400,1", "v,Twice,t")  # fmt: skip
    table = "\n".join(rows)
    tree = read_divisions("d.csv", table.encode())
    assert [(each.code, each.kind, each.parent) for each in tree.divisions] == [
        ("t", "township", ""), ("v", "village", "t"), ("h", "hamlet", "v"),
    ]  # fmt: skip
    assert sorted(fault.cell for fault in tree.faults) == ["A9", "B4", "C7", "E8"]


def test_a_circle_of_parents_is_told_and_does_not_hang():
    tree = read_divisions("d.csv", b"code,name,parent\na,A,b\nb,B,a\n")
    assert not tree.divisions
    assert len(tree.faults) == 2


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("县级市", "county"),
        ("街道办事处", "township"),
        ("行政村", "village"),
        ("居委会", "community"),
        ("自然村", "hamlet"),
    ],
)
def test_kinds_are_known_by_the_words_of_official_tables(word, kind):
    (only,) = read_divisions("d.csv", f"代码,名称,级别\nA,Somewhere,{word}\n".encode()).divisions
    assert only.kind == kind


def test_a_table_without_codes_is_refused():
    with pytest.raises(BadInput):
        read_divisions("d.csv", b"name,parent\nA,B\n")


ROSTER_HEAD = ("area", "role", "name", "sign-in name", "until", "telephone")
ROSTER = [
    ("450329100000", "post officer", "Lin", "lin", None, "1"),
    ("450329100201", "auxiliary", "Wei", "wei", "2026-05-20", "2"),
    ("45032910020101", "屯级协管员", "Mo", "mo", None, ""),
]


def test_a_roster_fills_posts_once_and_tells_what_it_does_not_keep(machine, noon):
    planted(machine, noon)
    rows = [ROSTER_HEAD, *ROSTER[:2], ("45032910020101", "hamlet_assistant", "Mo", "mo", None, "")]
    roster = read_roster("r.xlsx", sheet(*rows), at=noon)
    assert (len(roster.appointments), roster.faults, roster.ignored) == (3, [], ["telephone"])
    done = apply_roster(machine, roster.appointments, at=noon, progress=quiet)
    assert (done.filled, done.accounts, done.same) == (3, 3, 0)
    assert apply_roster(machine, roster.appointments, at=noon, progress=quiet).same == 3
    wei = Grant.objects.get(user__username="wei")
    assert (wei.area_code, wei.ends_at.date()) == ("450329100201", date(2026, 5, 21))
    assert not User.objects.get(username="mo").has_usable_password()


def test_a_longer_term_takes_the_place_of_the_shorter(machine, noon):
    planted(machine, noon)
    for until in ("2026-05-20", "2027-05-20"):
        rows = [("area", "role", "name", "username", "until"), ("450329100201", "auxiliary", "Wei", "wei", until)]
        apply_roster(machine, read_roster("r.xlsx", sheet(*rows), at=noon).appointments, at=noon, progress=quiet)
    assert Grant.objects.filter(user__username="wei").in_force(noon).count() == 1


@pytest.mark.parametrize(
    "typed", ["2027-06-30", "2027-6-30", "2027/6/30", "2027.6.30", "2027年6月30日", "2027 年 6 月 30 日", "20270630"]
)
def test_the_end_of_a_term_is_read_as_people_type_it(machine, noon, typed):
    planted(machine, noon)
    rows = [["区划代码", "岗位", "姓名", "登录名", "任期至"], ["450329100201", "auxiliary", "Su", "su", typed]]
    roster = read_roster("r.xlsx", sheet(*rows), at=noon)
    assert [each.ends_on for each in roster.appointments] == [date(2027, 6, 30)]


@pytest.mark.parametrize("typed", ["30/6/2027", "2027-2-30", "2027-6", "46568"])
def test_a_day_that_can_be_read_in_two_ways_or_is_none_is_asked_for_again(machine, noon, typed):
    planted(machine, noon)
    rows = [["区划代码", "岗位", "姓名", "登录名", "任期至"], ["450329100201", "auxiliary", "Su", "su", typed]]
    roster = read_roster("r.xlsx", sheet(*rows), at=noon)
    assert [fault.cell for fault in roster.faults] == ["E2"]


def test_faults_of_a_roster_name_the_cell(machine, noon):
    planted(machine, noon)
    rows = [
        ROSTER_HEAD, ("nowhere", "auxiliary", "A", "a", None), ("450329100201", "king", "B", "b", None),
        ("450329100201", "auxiliary", "", "c", None), ("450329100201", "auxiliary", "D", "d d", None),
        ("450329100201", "auxiliary", "E", "e", "2020-01-01"), (None, "auxiliary", "F", "f", None),
    ]  # fmt: skip
    roster = read_roster("r.xlsx", sheet(*rows), at=noon)
    assert [fault.cell for fault in roster.faults] == ["A2", "B3", "C4", "D5", "E6", "A7"]
    assert "merged cells" in roster.faults[-1].sentence
    assert not roster.appointments


@pytest.mark.parametrize(
    ("held", "days", "state"),
    [(False, None, "empty"), (True, None, "held"), (True, 31, "held"), (True, 30, "lapsing"), (True, 1, "lapsing")],
)
def test_a_post_is_empty_lapsing_or_held(held, days, state, noon):
    ends_at = None if days is None else noon + timedelta(days=days)
    assert state_of(held, ends_at, at=noon) == state


def test_coverage_finds_the_village_without_an_auxiliary(machine, noon):
    planted(machine, noon)
    rows = [("area", "role", "name", "username", "until"), *[row[:5] for row in ROSTER[:2]]]
    apply_roster(machine, read_roster("r.xlsx", sheet(*rows), at=noon).appointments, at=noon, progress=quiet)
    found = {post.area.name: (post.state, post.names) for post in posts(machine, at=noon)}
    assert found == {
        "资源镇": ("held", ["Lin"]), "城北社区": ("empty", []), "石溪村": ("lapsing", ["Wei"]), "上屯": ("empty", []),
    }  # fmt: skip
    assert counts(posts(machine, at=noon))["hamlet"] == {"empty": 1, "lapsing": 0, "held": 0}
    assert [post.area.name for post in posts(machine, at=noon, under="450329100201")] == ["石溪村", "上屯"]
    assert [post.area.name for post in posts(machine, at=noon, kind="hamlet")] == ["上屯"]


def test_coverage_shows_no_area_of_another_township(machine, noon):
    from maplebridge.people.actions import enrol_user
    from maplebridge.people.actor import actor_of

    planted(machine, noon)
    user = enrol_user(
        machine, username="far", display_name="Far", role="post_officer", area_code="elsewhere", password=None, at=noon
    )  # fmt: skip
    assert posts(actor_of(user, at=noon), at=noon) == []


def test_dots_lie_in_their_frame_and_north_is_up():
    frame = frame_of([((110.0, 25.0), "south"), ((110.5, 26.0), "north"), (None, "nowhere")])
    where = {dot.what: dot for dot in frame.dots}
    assert where["north"].y < where["south"].y
    assert all(0 <= dot.x <= frame.width and 0 <= dot.y <= frame.height for dot in frame.dots)
    assert frame_of([(None, "nowhere")]) is None


def test_the_pages_try_a_table_apply_it_and_show_what_is_empty(machine, noon):
    from maplebridge.people.actions import enrol_user

    user = enrol_user(machine, username="head", display_name="Head", role="chief", password="Bamboo bridge 7", at=noon)
    client = Client()
    client.force_login(user)

    def send(what, content, do):
        file = io.BytesIO(content)
        file.name = "table.csv"
        return client.post("/workbook/posts/tables", {"what": what, "file": file, "do": do})

    bad = send("divisions", OFFICIAL.encode() + b",Nameless\n", "apply")
    assert "A8" in bad.content.decode()
    assert not Area.objects.exists()
    assert send("divisions", OFFICIAL.encode(), "try").status_code == 200
    assert not Area.objects.exists()
    assert send("divisions", OFFICIAL.encode(), "apply").status_code == 302
    assert Area.objects.count() == 6
    assert send("roster", b"area,role\n1,2\n", "try").status_code == 422
    shown = client.get("/workbook/posts").content.decode()
    assert "石溪村" in shown
