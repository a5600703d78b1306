"""The register with 2,000,000 addresses: import, tiles, search, on SQLite and PostgreSQL; beside PostGIS and pg_trgm.

ADDRESSES=200000 measures a smaller one, REGISTER_DATABASE=sqlite (or postgresql) one database alone. A building has two
units and seventeen rooms; all of them are imported by the action that pages and command line use, in batches of 2,000
rows, durable. The peers run on the same rows, on the same
server, in the same run, in a database of their own whose letters are those of UTF-8 (pg_trgm sees no Chinese in "C"):
ST_AsMVT over a GiST index for tiles of buildings; over a GIN index of trigrams ILIKE for whole texts, and word
similarity (the 20 most like it) for what people type. Of each search it is told how often the address meant is among
what is found. Peers are left out where the extensions are not installed.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext

from benchmarks.bench_property import row, told
from benchmarks.served import ROOT, installed
from tools.postgresql import NotHere, throwaway

ADDRESSES = int(os.environ.get("ADDRESSES", "2000000"))
PER_BUILDING, STREETS, AREAS = 20, 25, 80

FILL = f"""
import json, time
from maplebridge.kernel import clock
from maplebridge.people.actor import system
from maplebridge.places.models import Area
from maplebridge.places.register.actions.imports import import_addresses
from maplebridge.places.register.rules.rows import Row
LETTERS = "建设解放人民中山和平新华文化长江黄河东风胜利光明青年桃园枫林柳荫梅花松柏竹溪"
WEST, SOUTH = 120.0, 29.5
for n in range({AREAS}):
    west, south = WEST + n % 10 * 0.05, SOUTH + n // 10 * 0.05
    Area.objects.create(code=f"3306{{n:08d}}", name=f"Village {{n}}", kind="village", west=west, south=south,
                        east=west + 0.05, north=south + 0.05, geometry={{"type": "Polygon", "coordinates": []}})
def street(area, k):
    n = area * {STREETS} + k
    first, second = LETTERS[n % len(LETTERS)], LETTERS[n // len(LETTERS) % len(LETTERS)]
    return f"{{first}}{{second}}{{'路街巷'[n % 3]}}"
def rows():
    buildings = {ADDRESSES} // {PER_BUILDING}
    each = buildings // ({AREAS} * {STREETS})
    for area in range({AREAS}):
        west, south = WEST + area % 10 * 0.05, SOUTH + area // 10 * 0.05
        for k in range({STREETS}):
            for n in range(max(1, each)):
                lon, lat = round(west + 0.002 + n * 0.046 / max(1, each), 6), round(south + 0.002 * (k + 1), 6)
                for room in range(17):
                    yield Row(f"3306{{area:08d}}", street(area, k), "", str(n * 2 + k % 2 + 1), str(room % 2 + 1),
                              str(101 + room // 2 + 100 * (room % 4)), lon, lat)
machine, batch, made, rows_n, begun = system("benchmark"), {{}}, 0, 0, time.perf_counter()
def put():
    global made
    done = import_addresses(machine, rows=batch, source="benchmark", at=clock.now())
    made += sum(done.made.values())
    if rows_n % 200_000 < 2000:
        print(f"{{made}} addresses after {{time.perf_counter() - begun:.0f}} s", flush=True)
for each in rows():
    batch[len(batch)] = each
    rows_n += 1
    if len(batch) == 2000:
        put()
        batch = {{}}
if batch:
    put()
print(json.dumps({{"made": made, "rows": rows_n, "seconds": time.perf_counter() - begun}}))
"""

ASK = """
import json, random, time
import numpy as np
from django.db import connection
from maplebridge.places.fold import pinyin_of
from maplebridge.places.register.models import Address
from maplebridge.places.register.queries.search import search_addresses
from maplebridge.places.register.queries.tiles import register_tile
from maplebridge.places.register.rules.quads import tile_of
if connection.vendor == "postgresql":
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE places_address"); cursor.execute("ANALYZE places_registertoken")
rng = random.Random(7)
last = Address.objects.order_by("-pk").values_list("pk", flat=True)[0]
picked = list(Address.objects.filter(pk__in=rng.sample(range(1, last), min(last - 1, 1200)))
              .select_related("building__street", "street", "parent"))[:400]
def typed(each, way):
    building = each.building or each
    name = building.street.name
    name = {"zh": name, "pinyin": pinyin_of(name).replace(" ", ""),
            "initials": "".join(s[0] for s in pinyin_of(name).split())}[way]
    below = [part.label for part in (each.parent, each) if part and part.kind != "building"]
    return "-".join([f"{name} {building.number}", *below])
def spread(work, inputs):
    for each in inputs[:20]:
        work(each)
    took = []
    for each in inputs:
        begun = time.perf_counter_ns()
        work(each)
        took.append((time.perf_counter_ns() - begun) / 1e6)
    return [round(float(np.percentile(took, p)), 2) for p in (50, 99)]
said = {"tiles": {}, "search": {}, "found": {}, "asked": {}}
for zoom in (5, 8, 11, 12, 13, 14, 15, 16, 17, 18):
    tiles = [(zoom, *tile_of(each.lon, each.lat, zoom)) for each in picked]
    said["tiles"][zoom] = spread(lambda t: register_tile(*t), tiles)
print("tiles drawn", flush=True)
def texts(way):
    return [(each.text if way == "whole text" else typed(each, way), each.pk) for each in picked]
for way in ("whole text", "zh", "pinyin", "initials"):
    asked = said["asked"][way] = texts(way)
    said["search"][way] = spread(search_addresses, [text for text, _pk in asked])
    said["found"][way] = round(sum(pk in [f.pk for f in search_addresses(text)] for text, pk in asked) / len(asked), 3)
ranges = [f"{each.building.street.name} 3~15" for each in picked if each.building]
said["search"]["range"] = spread(search_addresses, ranges)
said["drawn"] = {zoom: [(zoom, *tile_of(each.lon, each.lat, zoom)) for each in picked] for zoom in (15, 16, 17)}
print(json.dumps(said))
"""

PEER = """
import json, os, time
import numpy as np, psycopg
url = os.environ["MAPLEBRIDGE_DATABASE"]
asked = json.load(open(os.environ["ASKED"]))
with psycopg.connect(url, autocommit=True) as ours:
    ours.execute("CREATE DATABASE peer TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'")
    with psycopg.connect(url.rpartition("/")[0] + "/peer", autocommit=True) as peer:
        peer.execute("CREATE EXTENSION postgis"); peer.execute("CREATE EXTENSION pg_trgm")
        peer.execute("CREATE TABLE a (id bigint, kind text, text text, number text, lon float8, lat float8)")
        begun = time.perf_counter()
        with ours.cursor().copy("COPY places_address (id, kind, text, number, lon, lat) TO STDOUT") as source:
            with peer.cursor().copy("COPY a FROM STDIN") as target:
                for part in source:
                    target.write(part)
        copied = time.perf_counter() - begun
        begun = time.perf_counter()
        peer.execute("ALTER TABLE a ADD geom geometry(Point, 3857)")
        peer.execute("UPDATE a SET geom = ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 3857)")
        peer.execute("CREATE INDEX ON a USING gist (geom) WHERE kind = 'building'")
        peer.execute("CREATE INDEX ON a USING gin (text gin_trgm_ops)")
        peer.execute("VACUUM ANALYZE a")
        built = time.perf_counter() - begun
        def spread(sql, inputs, seconds=60):
            for each in inputs[:20]:
                peer.execute(sql, each, prepare=True).fetchall()
            took, end = [], time.perf_counter() + seconds
            for each in inputs:
                begun = time.perf_counter_ns()
                peer.execute(sql, each, prepare=True).fetchall()
                took.append((time.perf_counter_ns() - begun) / 1e6)
                if time.perf_counter() > end:
                    break
            return [round(float(np.percentile(took, p)), 2) for p in (50, 99)]
        tile = ("WITH t AS (SELECT id, number, ST_AsMVTGeom(geom, ST_TileEnvelope(%s, %s, %s)) AS geom"
                " FROM a WHERE kind = 'building' AND geom && ST_TileEnvelope(%s, %s, %s))"
                " SELECT ST_AsMVT(t, 'register') FROM t")
        print(f"peers built in {built:.0f} s", flush=True)
        said = {"build_s": round(built, 1), "copy_s": round(copied, 1), "tiles": {}, "search": {}, "found": {}}
        for zoom, tiles in asked["drawn"].items():
            said["tiles"][zoom] = spread(tile, [[*t, *t] for t in tiles])
        ilike = "SELECT id FROM a WHERE text ILIKE %s LIMIT 20"
        alike = "SELECT id FROM a WHERE %s <% text ORDER BY %s <<-> text LIMIT 20".replace("<%", "<%%")
        for way, sql, inputs in (
            ("whole text", ilike, [["%" + text + "%"] for text, _pk in asked["asked"]["whole text"]]),
            ("zh", alike, [[text, text] for text, _pk in asked["asked"]["zh"]]),
        ):
            said["search"][way] = spread(sql, inputs)
            some = list(zip(inputs, asked["asked"][way]))[:100]
            hits = [pk in [key for (key,) in peer.execute(sql, given).fetchall()] for given, (_text, pk) in some]
            said["found"][way] = round(sum(hits) / len(hits), 3)
            print(f"peer asked: {way}", flush=True)
print(json.dumps(said))
"""


def run() -> list[dict]:
    """Measure on SQLite, and on PostgreSQL with its peers."""
    wanted = os.environ.get("REGISTER_DATABASE", "sqlite postgresql").split()
    return [each for name in ("sqlite", "postgresql") if name in wanted for each in _measured(name == "postgresql")]


def _measured(postgresql: bool) -> list[dict]:
    name = "PostgreSQL" if postgresql else "SQLite"
    with tempfile.TemporaryDirectory(prefix="maplebridge-bench-") as home:
        try:
            with throwaway() if postgresql else nullcontext("") as url:
                env = {key: value for key, value in os.environ.items() if not key.startswith("MAPLEBRIDGE_")}
                env |= {"MAPLEBRIDGE_HOME": home, "MAPLEBRIDGE_PASSWORD": "a bench for the register"}
                env |= {"MAPLEBRIDGE_DATABASE": url} if url else {}
                installed(env, "")
                return _asked(name, env, home)
        except NotHere as missing:
            print(missing, flush=True)
            return []


def _run(name: str, env: dict[str, str], source: str) -> dict:
    """Run Python on the installation, show what it says, and give what its last line says in JSON."""
    head = "import django, os; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'maplebridge.site.settings')\n"
    text = [sys.executable, "-c", f"{head}django.setup()\n{source}"]
    line = ""
    with tempfile.TemporaryFile("w+") as wrong:
        process = subprocess.Popen(text, env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=wrong, text=True)
        for line in process.stdout or ():
            if not line.startswith("{"):
                print(f"{name}: {line}", end="", flush=True)
        if process.wait():
            wrong.seek(0)
            raise RuntimeError(wrong.read())
    return json.loads(line)


def _asked(name: str, env: dict[str, str], home: str) -> list[dict]:
    filled = _run(name, env, FILL)
    per_s = round(filled["made"] / filled["seconds"])
    rows = told([row(name, "import, s", round(filled["seconds"]), round(filled["seconds"]), per_s=per_s,
                     note=f"{filled['made']} addresses from {filled['rows']} rows")])  # fmt: skip
    begun = time.perf_counter()
    said = _run(name, env, ASK)
    print(f"{name}: asked in {time.perf_counter() - begun:.0f} s", flush=True)
    rows += told([row(name, f"tile, zoom {zoom}, ms", *ms) for zoom, ms in said["tiles"].items()])
    rows += told([row(name, f"search, {way}, ms", *ms, recall=said["found"].get(way, ""))
                  for way, ms in said["search"].items()])  # fmt: skip
    return rows + (told(_peers(name, env, home, said)) if name == "PostgreSQL" else [])


def _peers(name: str, env: dict[str, str], home: str, said: dict) -> list[dict]:
    asked = f"{home}/asked.json"
    with open(asked, "w", encoding="utf-8") as file:
        json.dump(said, file)
    try:
        peer = _run(name, env | {"ASKED": asked}, PEER)
    except RuntimeError as error:
        if "is not available" not in str(error) and "extension control file" not in str(error):
            raise
        print("PostGIS or pg_trgm is not installed: no peers.", flush=True)
        return []
    rows = [
        row(name, f"PostGIS ST_AsMVT, zoom {zoom}, ms", *ms, note=_ratio(ms, said["tiles"][zoom]))
        for zoom, ms in peer["tiles"].items()
    ]
    by = {"whole text": "pg_trgm ILIKE, whole text, ms", "zh": "pg_trgm word similarity, zh, ms"}
    rows += [
        row(name, by[way], *ms, recall=peer["found"][way], note=_ratio(ms, said["search"][way]))
        for way, ms in peer["search"].items()
    ]
    return [*rows, row(name, "peers' columns and indices, s", peer["build_s"], peer["build_s"])]


def _ratio(theirs: list[float], ours: list[float]) -> str:
    return " and ".join(f"{t / o:.2f}" for t, o in zip(theirs, ours, strict=True)) + " x ours at p50 and p99"
