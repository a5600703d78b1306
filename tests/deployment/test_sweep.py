"""Sweeps: chunks in processes, stopped and resumed, and the very figures of a run at one go."""

import os

import numpy as np
import pytest
from distributed import LocalCluster
from towns import counter, town

from maplebridge.deployment import sweep
from maplebridge.deployment.simulation import simulate
from maplebridge.kernel.refused import BadInput

SCENARIOS = [town(1), town(1, preempt=True)]


def same(one, other):
    for name in one.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_sweep_that_was_stopped_goes_on_where_it_was_and_ends_as_if_it_had_not(tmp_path):
    heard = []

    def stop_soon(progress):
        heard.append(progress)
        if progress.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep.run(SCENARIOS, replications=25, seed=3, workers=1, chunk=10, kept_in=tmp_path, progress=stop_soon)
    assert len(list(tmp_path.glob("*.npz"))) == 2
    found = sweep.run(SCENARIOS, replications=25, seed=3, workers=1, chunk=10, kept_in=tmp_path, progress=heard.append)
    assert (heard[-1].done, heard[-1].chunks, heard[-1].kept) == (6, 6, 2)
    for scenario, outcome in zip(SCENARIOS, found, strict=True):
        same(outcome, simulate(scenario, replications=25, seed=3))


def test_equal_scenarios_have_equal_names_and_others_do_not():
    assert sweep.digest(town(1)) == sweep.digest(town(1))
    assert len({sweep.digest(each) for each in (town(1), town(2), town(1, preempt=True), counter())}) == 4


def test_a_cluster_gives_the_very_figures_of_this_machine(monkeypatch):
    options = {"processes": True, "threads_per_worker": 1, "dashboard_address": None, "protocol": "tcp://"}
    with LocalCluster(n_workers=2, host="127.0.0.1", **options) as cluster:
        monkeypatch.setenv(sweep.CLUSTER, cluster.scheduler_address)
        heard = []
        found = sweep.run(SCENARIOS, replications=25, seed=3, chunk=10, progress=heard.append)
    assert heard[-1].done == 6
    for scenario, outcome in zip(SCENARIOS, found, strict=True):
        same(outcome, simulate(scenario, replications=25, seed=3))


def test_a_cluster_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv(sweep.CLUSTER, "tcp://127.0.0.1:9")
    monkeypatch.setattr(sweep, "import_module", lambda name: (_ for _ in ()).throw(ImportError(name)))
    with pytest.raises(BadInput, match="dask"):
        sweep.run(SCENARIOS[:1], replications=1)
    assert os.environ[sweep.CLUSTER]
