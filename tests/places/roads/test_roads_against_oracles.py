"""The contracted, bounded, compiled search beside plain Dijkstra on the whole graph, on towns nobody thought of."""

import tempfile
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from roads_town import Town, lonlat

SOME = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
ONEWAY = st.sampled_from(["no", "no", "yes", "-1", "gone"])


@st.composite
def towns(draw):
    """Draw a town on a jittered grid: streets missing, one-way, with bends, so that chains and dead ends come about."""
    width, height = draw(st.integers(2, 5)), draw(st.integers(2, 4))
    town = Town()
    shift = st.integers(-30, 30)
    for row in range(height):
        for col in range(width):
            town.node(row * width + col, 200 * col + draw(shift), 200 * row + draw(shift))
    pairs = [(n, n + 1) for n in town.nodes if n % width < width - 1]
    pairs += [(n, n + width) for n in town.nodes if n // width < height - 1]
    for i, (a, b) in enumerate(pairs):
        oneway = draw(ONEWAY)
        if oneway == "gone":
            continue
        bends = draw(st.integers(0, 2))
        line = [a]
        for j in range(bends):
            share = (j + 1) / (bends + 1)
            x, y = town.at((a, b, share))
            bend = 1000 + 10 * i + j
            town.node(bend, x + draw(st.integers(-9, 9)), y + draw(st.integers(-9, 9)))
            line.append(bend)
        town.way(i + 1, [*line, b], oneway=oneway)
    return town


def core(town: Town) -> list[tuple[int, int]]:
    """Give the pieces of street in the largest part where everyone reaches everyone; skip towns with no single one."""
    graph = nx.DiGraph(list(town.arcs()))
    parts = sorted(nx.strongly_connected_components(graph), key=len, reverse=True)
    assume(parts and len(parts[0]) > 1 and (len(parts) == 1 or len(parts[1]) < len(parts[0])))
    return [(a, b) for a, b in town.arcs() if a in parts[0] and b in parts[0]]


@st.composite
def towns_with_places(draw):
    """Draw a town with some places on its streets."""
    town = draw(towns())
    place = st.tuples(st.sampled_from(core(town)), st.integers(5, 95)).map(lambda p: (*p[0], p[1] / 100))
    return town, draw(st.lists(place, min_size=2, max_size=9))


def points(town: Town, places: list[tuple[int, int, float]]) -> tuple[list[float], list[float]]:
    coordinates = [lonlat(*town.at(place)) for place in places]
    return [lon for lon, _ in coordinates], [lat for _, lat in coordinates]


@SOME
@given(towns_with_places())
def test_times_between_any_places_equal_plain_dijkstra_on_the_whole_graph(drawn):
    town, places = drawn
    with tempfile.TemporaryDirectory() as folder:
        network = town.quick(Path(folder))
        snaps = network.snap(*points(town, places))
        assert snaps.off_metres.max() < 0.2
        table = network.table(snaps, snaps)
        expected = np.array([[town.oracle(a, b) / 10 for b in places] for a in places])
        assert table == pytest.approx(expected, abs=0.06)
        bound = float(np.median(table))
        assert (network.table(snaps, snaps, bound) == np.where(table <= bound, table, np.inf)).all()


@SOME
@given(towns_with_places(), st.integers(1, 8))
def test_the_k_nearest_are_the_first_k_of_all(drawn, k):
    town, places = drawn
    with tempfile.TemporaryDirectory() as folder:
        network = town.quick(Path(folder))
        units = network.snap(*points(town, places[1:]))
        lon, lat = lonlat(*town.at(places[0]))
        every = network.seconds_to(lon, lat, units)
        found = network.nearest(lon, lat, units, k)
        assert [reach.seconds for reach in found] == pytest.approx(sorted(every)[:k], abs=0.002)
        assert [every[reach.index] for reach in found] == pytest.approx([reach.seconds for reach in found], abs=0.002)
        assert all(reach.metres == pytest.approx(reach.seconds * 10, abs=0.2) for reach in found)
        if found:
            near = network.nearest(lon, lat, units, k, max_seconds=found[0].seconds)
            assert near
            assert all(reach.seconds <= found[0].seconds + 0.001 for reach in near)


@SOME
@given(towns_with_places())
def test_a_route_takes_the_time_the_search_gave_and_runs_along_open_streets(drawn):
    town, places = drawn
    with tempfile.TemporaryDirectory() as folder:
        network = town.quick(Path(folder))
        (lon0, lon1), (lat0, lat1) = points(town, places[:2])
        route = network.route(lon0, lat0, lon1, lat1)
        assert route is not None
        assert route.seconds == pytest.approx(town.oracle(*places[:2]) / 10, abs=0.06)
        metres = np.array(route.coordinates) * 111_195.08
        length = np.hypot(*np.diff(metres, axis=0).T).sum()
        assert length == pytest.approx(route.metres, abs=0.5)
        assert route.metres == pytest.approx(route.seconds * 10, abs=0.5)
        assert (np.diff(route.at_seconds) >= 0).all()
        assert len(route.coordinates) == len(route.at_seconds)


@SOME
@given(towns_with_places(), st.integers(0, 60))
def test_a_place_is_within_reach_just_when_its_time_allows(drawn, seconds):
    town, places = drawn
    with tempfile.TemporaryDirectory() as folder:
        network = town.quick(Path(folder))
        lons, lats = points(town, places)
        lines = network.reachable(lons[0], lats[0], seconds).lines * 111_195.08
        for place, lon, lat in zip(places, lons, lats, strict=True):
            needed = town.oracle(places[0], place) / 10
            if abs(needed - seconds) < 0.2:
                continue
            x, y = np.array([lon, lat]) * 111_195.08
            away = min((_away(x, y, *line) for line in lines), default=1e9)
            assert (away < 0.3) == (needed < seconds), (needed, away)


def _away(x: float, y: float, x0: float, y0: float, x1: float, y1: float) -> float:
    square = (x1 - x0) ** 2 + (y1 - y0) ** 2
    t = 0.0 if square == 0 else min(max(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / square, 0), 1)
    return float(np.hypot(x0 + t * (x1 - x0) - x, y0 + t * (y1 - y0) - y))


@st.composite
def towns_with_turns(draw):
    """Draw a two-way town (nothing is cut off) with some forbidden turns."""
    town = draw(towns())
    for nodes, tags in town.ways.values():
        tags["oneway"] = "no"
        assert nodes
    at: dict[int, list[int]] = {}
    for ref, (nodes, _) in town.ways.items():
        at.setdefault(nodes[0], []).append(ref)
        at.setdefault(nodes[-1], []).append(ref)
    corners = [node for node, ways in at.items() if len(ways) > 2]
    assume(corners)
    for _ in range(draw(st.integers(1, 4))):
        via = draw(st.sampled_from(corners))
        come, go = draw(st.permutations(at[via]))[:2]
        town.turn(draw(st.sampled_from(["no_left_turn", "only_straight_on"])), come, via, go)
    place = st.tuples(st.sampled_from(core(town)), st.integers(5, 95)).map(lambda p: (*p[0], p[1] / 100))
    return town, draw(st.lists(place, min_size=2, max_size=6))


@SOME
@given(towns_with_turns())
def test_forbidden_turns_lengthen_ways_just_as_much_as_they_must(drawn):
    """Never shorter than with turning round allowed, never longer than with it forbidden but in dead ends."""
    town, places = drawn
    low, high = _by_turns(town, round_allowed=True), _by_turns(town, round_allowed=False)
    with tempfile.TemporaryDirectory() as folder:
        network = town.quick(Path(folder))
        assume((network.graph.link_ms >= 0).all())  # no direction closed because the law made a trap of it
        snaps = network.snap(*points(town, places))
        table = network.table(snaps, snaps)
        for i, a in enumerate(places):
            for j, b in enumerate(places):
                if snaps.off_metres[[i, j]].max() < 0.2 and np.isfinite(table[i, j]):
                    assert _metres(town, low, a, b) / 10 <= table[i, j] + 0.06
                    assert table[i, j] <= _metres(town, high, a, b) / 10 + 0.06


def _by_turns(town: Town, *, round_allowed: bool) -> nx.DiGraph:
    """Make the graph whose nodes are directed pieces (a, b, way) and whose arcs are the permitted turns."""
    pieces = {}
    for ref, (nodes, _) in town.ways.items():
        for a, b in zip(nodes, nodes[1:], strict=False):
            pieces[a, b] = pieces[b, a] = ref
    arcs = town.arcs()
    graph = nx.DiGraph()
    graph.add_nodes_from(pieces)
    for a, b in pieces:
        onward = [(c, d) for c, d in pieces if c == b]
        for c, d in onward:
            if (d == a and len(onward) > 1 and not round_allowed) or _forbidden(town, pieces, (a, b), (c, d)):
                continue
            graph.add_edge((a, b), (c, d), weight=arcs[c, d])
    return graph


def _forbidden(town: Town, pieces: dict, come: tuple[int, int], go: tuple[int, int]) -> bool:
    for tags, from_way, via, to_way in town.turns:
        if via == come[1] and pieces[come] == from_way:
            only = tags["restriction"].startswith("only")
            if (pieces[go] != to_way) if only else (pieces[go] == to_way):
                return True
    return False


def _metres(town: Town, graph: nx.DiGraph, start, end) -> float:
    arcs, best = town.arcs(), float("inf")
    for a, b, share in (start, (start[1], start[0], 1 - start[2])):
        lengths = nx.single_source_dijkstra_path_length(graph, (a, b))
        for c, d, until in (end, (end[1], end[0], 1 - end[2])):
            if (a, b) == (c, d) and until >= share:
                best = min(best, arcs[a, b] * (until - share))
            elif (c, d) in lengths and (a, b) != (c, d):
                best = min(best, arcs[a, b] * (1 - share) + lengths[c, d] - arcs[c, d] * (1 - until))
    return best


COSTS = {"left": 6.0, "right": 2.5, "round": 20.0}


@SOME
@given(towns_with_turns())
def test_turn_costs_equal_dijkstra_over_all_turns_exactly(drawn):
    town, places = drawn
    town.turns.clear()
    graph = _with_costs(town)
    with tempfile.TemporaryDirectory() as folder:
        network = town.quick(Path(folder), turns=COSTS)
        snaps = network.snap(*points(town, places))
        assert snaps.off_metres.max() < 0.2
        expected = [[_metres(town, graph, a, b) / 10 for b in places] for a in places]
        assert network.table(snaps, snaps) == pytest.approx(np.array(expected), abs=0.06)
        assert network.table(snaps.take([0]), snaps)[0] == pytest.approx(expected[0], abs=0.06)
        (lon0, lon1), (lat0, lat1) = points(town, places[:2])
        route = network.route(lon0, lat0, lon1, lat1)
        assert route is not None
        assert route.seconds == pytest.approx(expected[0][1], abs=0.06)
        assert (np.diff(route.at_seconds) >= 0).all()
        assert route.at_seconds[-1] == route.seconds
        lines = network.reachable(lon0, lat0, 40).lines * 111_195.08
        for place, needed in zip(places, expected[0], strict=True):
            away = min(_away(*town.at(place), *line) for line in lines)
            assert abs(needed - 40) < 0.2 or (away < 0.3) == (needed < 40)


def _with_costs(town: Town) -> nx.DiGraph:
    """Make the graph of pieces and turns with what each turn costs, in metres at ten a second."""
    arcs = town.arcs()
    graph = nx.DiGraph()
    graph.add_nodes_from(arcs)
    exits: dict[int, list[int]] = {}
    for a, b in arcs:
        exits.setdefault(a, []).append(b)
    assume(any(len(ends) != 2 for ends in exits.values()))
    for a, b in arcs:
        for c in exits[b]:
            if c == a and len(exits[b]) == 2:
                continue  # no one turns round in the middle of a street
            graph.add_edge((a, b), (b, c), weight=arcs[b, c] + 10 * _cost(town, a, b, c, len(exits[b])))
    return graph


def _cost(town: Town, a: int, b: int, c: int, exits: int) -> float:
    (x0, y0), (x1, y1), (x2, y2) = (town.nodes[node] for node in (a, b, c))
    cross = (x1 - x0) * (y2 - y1) - (y1 - y0) * (x2 - x1)
    angle = abs(np.degrees(np.arctan2(cross, (x1 - x0) * (x2 - x1) + (y1 - y0) * (y2 - y1))))
    assume(abs(angle - 35) > 0.1)
    assume(c == a or angle < 164.9)
    if c == a:
        return COSTS["round"]
    if angle < 35 or exits < 3:
        return 0.0
    return COSTS["left"] if cross > 0 else COSTS["right"]
