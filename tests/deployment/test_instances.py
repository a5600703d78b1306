"""What siting is given: files of two forms, and every fault in them named with its line."""

import json

import numpy as np
import pytest

from maplebridge.deployment.cover import cover_of
from maplebridge.deployment.instance import Instance, named, read_csv, read_orlib
from maplebridge.kernel.refused import BadInput
from maplebridge.site.cli import main

ORLIB = "4 4 2\n1 2 5\n2 3 7\n3 4 1\n1 2 3\n"
CSV = "demand,weight,site,cost\nmarket,3,a,1\nmarket,3,b,4\nschool,1,b,2\n"


def test_of_an_edge_given_twice_the_later_line_counts_and_costs_are_shortest_paths():
    instance = read_orlib(ORLIB)
    assert instance.p == 2
    assert instance.costs.tolist() == [[0, 3, 10, 11], [3, 0, 7, 8], [10, 7, 0, 1], [11, 8, 1, 0]]
    assert list(instance.sites) == ["1", "2", "3", "4"]


def test_csv_gives_pairs_weights_and_names_and_what_is_not_there_cannot_be_reached():
    instance = read_csv("\ufeff" + CSV)
    assert instance.weights.tolist() == [3, 1]
    assert instance.costs.tolist() == [[1, 4], [np.inf, 2]]
    assert list(instance.sites) == ["a", "b"]
    assert read_csv("demand,site,cost\nx,a,1\nx,a,3\n").costs.tolist() == [[1]]
    assert named(instance, "b, a") == {0, 1}


@pytest.mark.parametrize(("read", "text", "says"), [
    (read_orlib, "", "three numbers"), (read_orlib, "4 4\n", "three numbers"), (read_orlib, "0 0 1", "vertices"),
    (read_orlib, "99999 1 1", "vertices"), (read_orlib, "2 1 1\n1 2", "Line 2"),
    (read_orlib, "2 1 1\n\n1 3 4", "Line 3"),
    (read_orlib, "2 1 1\n1 2 -4", "Line 2"), (read_orlib, "2 1 1\n1 2 nan", "Line 2"),
    (read_csv, "", "demand, site and cost"), (read_csv, "demand,cost\n", "demand, site and cost"),
    (read_csv, "demand,site,cost\n", "no pair"), (read_csv, "demand,site,cost\na,b,far", "Line 2"),
    (read_csv, "demand,site,cost\na,b", "Line 2"), (read_csv, "demand,site,cost\n,b,1", "Line 2"),
    (read_csv, "demand,site,cost\na,b,-1", "Line 2"), (read_csv, "demand,site,cost,weight\na,b,1,2\na,c,1,3", "Line 3"),
])  # fmt: skip
def test_a_fault_in_a_file_is_named_with_its_line(read, text, says):
    with pytest.raises(BadInput, match=says):
        read(text)


def test_places_that_the_same_sites_reach_are_one_place():
    costs = np.array([[1, 1, 9], [1, 1, 9], [9, 9, 9], [1, 9, 1.0]])
    instance = Instance(np.array([1.0, 2.0, 4.0, 8.0]), costs, ["a", "b", "c"])
    cover = cover_of(instance, 1)
    assert cover.weights.tolist() == [3.0, 8.0]
    assert cover.alone == 4.0
    assert [cover.sites_of(i).tolist() for i in range(2)] == [[0, 1], [0, 2]]
    assert [cover.needs_of(j).tolist() for j in range(3)] == [[0, 1], [0], [1]]


def run(capsys, *arguments):
    code = main(["deployment", "solve", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_command_prints_one_line_of_json_and_progress_beside_it(tmp_path, capsys):
    (tmp_path / "net.txt").write_text(ORLIB)
    code, out, err = run(capsys, "--model", "pmedian", "--instance", tmp_path / "net.txt", "--format", "orlib")
    answer = json.loads(out)
    assert code == 0
    assert out.count("\n") == 1
    assert set(answer) == {"value", "bound", "gap", "seconds", "sites"}
    assert (answer["value"], answer["bound"], answer["gap"]) == (4.0, 4.0, 0.0)
    assert "bound" in err


def test_the_command_keeps_to_sites_that_are_fixed_or_forbidden(tmp_path, capsys):
    (tmp_path / "city.csv").write_text(CSV)
    given = ("--instance", tmp_path / "city.csv", "--format", "csv", "--why")
    _code, out, _err = run(capsys, "--model", "mclp", "-p", 1, "--radius", 2, *given)
    assert json.loads(out)["sites"] == ["a"]
    assert json.loads(out)["adds"] == [3.0]
    _code, out, _err = run(capsys, "--model", "mclp", "-p", 1, "--radius", 2, "--fixed", "b", *given)
    assert json.loads(out)["sites"] == ["b"]
    _code, out, _err = run(capsys, "--model", "lscp", "--radius", 4, "--forbidden", "a", *given)
    assert json.loads(out)["sites"] == ["b"]
    _code, out, _err = run(capsys, "--model", "mclp", "-p", 2, "--radius", 4, "--busy", 0.5, *given)
    assert json.loads(out)["value"] == pytest.approx(3 * 0.75 + 1 * 0.5)


@pytest.mark.parametrize(("more", "says"), [
    (("--instance", "nowhere.csv"), "cannot be read"), (("--busy", "1"), "busy"), (("--seconds", "0"), "seconds"),
    (("--fixed", "z"), "no site z"), (("-p", "9"), "from 1 to 2"),
])  # fmt: skip
def test_a_fault_at_the_command_is_one_sentence(tmp_path, capsys, more, says):
    (tmp_path / "city.csv").write_text(CSV)
    code, out, err = run(
        capsys, "--model", "mclp", "-p", 1, "--radius", 2, "--instance", tmp_path / "city.csv", "--format", "csv", *more
    )
    assert code == 2
    assert out == ""
    assert says in err
    assert "Traceback" not in err
