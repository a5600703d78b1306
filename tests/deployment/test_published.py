"""Values that others published: OR-Library's p-medians, set covers on the same networks.

Optima of pmed1 to 20: Beasley 1985, "A note on solving large p-median problems", table 1. Set covers at the radius of
the published p-centres and one below, each solved by HiGHS.
"""

import tarfile

import pytest

from maplebridge.deployment.covering import never
from maplebridge.deployment.instance import read_orlib
from maplebridge.deployment.solve import Question, solve

OPTIMA = (5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255,
          7696, 6634, 4374, 2968, 1729, 8162, 6999, 4809, 2845, 1789)  # fmt: skip
COVERS = {1: (127, 5, 6), 2: (98, 10, 11), 3: (93, 10, 12), 4: (74, 20, 21), 5: (48, 31, 34), 6: (84, 5, 6),
          7: (64, 10, 11), 8: (55, 20, 21), 9: (37, 38, 41), 10: (20, 65, 68), 11: (59, 5, 6), 12: (51, 10, 11),
          13: (36, 30, 32), 14: (26, 57, 61), 15: (18, 92, 101)}  # fmt: skip
SLOW_TO_PROVE = {6, 12, 16, 17}  # branch and bound takes seconds; the answer before it is the optimum already


@pytest.fixture(scope="module")
def networks(request):
    """Files of OR-Library by number."""
    shared = request.getfixturevalue("shared_data")
    with tarfile.open(shared / "orlib" / "pmed1-20.tar.gz") as archive:
        texts = {member.name: archive.extractfile(member).read().decode() for member in archive if member.isfile()}
    return {number: next(text for name, text in texts.items() if name.endswith(f"pmed{number}.txt"))
            for number in range(1, 21)}  # fmt: skip


@pytest.mark.parametrize("number", range(1, 21))
def test_the_p_medians_of_or_library_have_their_published_optima(networks, number):
    instance, done = read_orlib(networks[number]), []
    before_branching = (lambda: "kicks among the sites left" in done) if number in SLOW_TO_PROVE else never
    question = Question(tell=lambda phase, _value, _bound: done.append(phase), stop=before_branching)
    found = solve(instance, "pmedian", question)
    assert found.value == OPTIMA[number - 1]
    assert found.bound <= found.value
    if number not in SLOW_TO_PROVE:
        assert found.bound == found.value
    assert len(found.sites) == instance.p


@pytest.mark.parametrize("number", COVERS)
def test_set_covers_on_the_same_networks_have_their_published_sizes(networks, number):
    instance = read_orlib(networks[number])
    radius, wide, narrow = COVERS[number]
    for within, size in ((radius, wide), (radius - 1, narrow)):
        found = solve(instance, "lscp", Question(radius=within))
        assert (found.value, found.bound, len(found.sites)) == (size, size, size)
