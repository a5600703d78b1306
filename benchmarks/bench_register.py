"""The register with 2,000,000 addresses: import, tiles, search, on SQLite and PostgreSQL; beside PostGIS and pg_trgm.

ADDRESSES=200000 measures a smaller one. A building has two units and seventeen rooms; all of them are imported by the
action that pages and command line use, in batches of 2,000 rows, durable. The peers run on the same rows, on the same
server, in the same run, in a database of their own whose letters are those of UTF-8 (pg_trgm sees no Chinese in "C"):
ST_AsMVT over a GiST index for tiles, ILIKE over a GIN index of trigrams for texts. Peers are left out where the
extensions are not installed.
"""

import json
import os
import time

from benchmarks.bench_property import row, told
from benchmarks.served import installed, script
from tools.postgresql import NotHere, throwaway

ADDRESSES = int(os.environ.get("ADDRESSES", "2000000"))
PER_BUILDING, STREETS, AREAS = 20, 25, 80

FILL = f"""
import json, time
from maplebridge.journal.act import act
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
said = {"tiles": {}, "search": {}, "found": {}}
for zoom in (8, 11, 13, 15, 16):
    tiles = [(zoom, *tile_of(each.lon, each.lat, zoom)) for each in picked]
    said["tiles"][zoom] = spread(lambda t: register_tile(*t), tiles)
for way in ("zh", "pinyin", "initials"):
    asked = [(typed(each, way), each.pk) for each in picked]
    said["search"][way] = spread(search_addresses, [text for text, _pk in asked])
    said["found"][way] = sum(pk in [f.pk for f in search_addresses(text, limit=50)] for text, pk in asked) / len(asked)
ranges = [f"{each.building.street.name} 3~15" for each in picked if each.building]
said["search"]["range"] = spread(search_addresses, ranges)
said["texts"] = [[each.text, each.pk] for each in picked]
said["tiles16"] = [(16, *tile_of(each.lon, each.lat, 16)) for each in picked]
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
        text = "SELECT id, text FROM a WHERE text ILIKE %s LIMIT 20"
        said = {"copy_s": round(copied, 1), "build_s": round(built, 1),
                "tiles": spread(tile, [[*t, *t] for t in asked["tiles16"]]),
                "search": spread(text, [["%" + text + "%"] for text, _pk in asked["texts"]])}
print(json.dumps(said))
"""


def run() -> list[dict]:
    """Measure on PostgreSQL, with its peers, and on SQLite."""
    rows: list[dict] = []
    for postgresql in (False, True):
        rows += _measured(postgresql)
    return rows


def _measured(postgresql: bool) -> list[dict]:
    import tempfile
    from contextlib import nullcontext

    name = "PostgreSQL" if postgresql else "SQLite"
    with tempfile.TemporaryDirectory(prefix="maplebridge-bench-") as home:
        try:
            database = throwaway() if postgresql else nullcontext("")
            with database as url:
                env = {key: value for key, value in os.environ.items() if not key.startswith("MAPLEBRIDGE_")}
                env |= {"MAPLEBRIDGE_HOME": home, "MAPLEBRIDGE_PASSWORD": "a bench for the register"}
                env |= {"MAPLEBRIDGE_DATABASE": url} if url else {}
                installed(env, "")
                return _asked(name, env, home)
        except NotHere as missing:
            print(missing, flush=True)
            return []


def _asked(name: str, env: dict[str, str], home: str) -> list[dict]:
    filled = json.loads(script(env, FILL))
    per_s = round(filled["made"] / filled["seconds"])
    rows = told([row(name, "import, s", round(filled["seconds"]), round(filled["seconds"]), per_s=per_s,
                     note=f"{filled['made']} addresses from {filled['rows']} rows")])  # fmt: skip
    begun = time.perf_counter()
    said = json.loads(script(env, ASK))
    print(f"{name}: asked in {time.perf_counter() - begun:.0f} s", flush=True)
    rows += told([row(name, f"tile, zoom {zoom}, ms", *ms) for zoom, ms in said["tiles"].items()])
    rows += told(
        [row(name, f"search, {way}, ms", *ms, recall=said["found"].get(way, "")) for way, ms in said["search"].items()]
    )
    if name == "PostgreSQL":
        rows += told(_peers(env, home, said))
    return rows


def _peers(env: dict[str, str], home: str, said: dict) -> list[dict]:
    asked = f"{home}/asked.json"
    with open(asked, "w", encoding="utf-8") as file:
        json.dump(said, file)
    try:
        peer = json.loads(script(env | {"ASKED": asked}, PEER))
    except RuntimeError as error:
        if "is not available" not in str(error) and "extension control file" not in str(error):
            raise
        print("PostGIS or pg_trgm is not installed: no peers.", flush=True)
        return []
    ours, near = said["tiles"]["16"], said["search"]["zh"]
    ratio = [
        f"{theirs / mine:.2f} x ours at p99"
        for mine, theirs in ((ours[1], peer["tiles"][1]), (near[1], peer["search"][1]))
    ]
    return [
        row("PostgreSQL", "PostGIS ST_AsMVT, zoom 16, ms", *peer["tiles"], note=ratio[0]),
        row("PostgreSQL", "pg_trgm ILIKE, zh, ms", *peer["search"], note=f"{ratio[1]}; built in {peer['build_s']} s"),
    ]
