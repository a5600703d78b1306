"""The register as a file: CSV, GeoJSON and GeoPackage, streamed however large it is."""

import csv
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maplebridge.kernel import clock
from maplebridge.kernel.geopackage import write_points
from maplebridge.kernel.refused import NotFound
from maplebridge.people.sessions import actor_of_request
from maplebridge.places.register.actions.exports import record_export
from maplebridge.places.register.queries.features import COLLECTIONS, Collection, feature_of, read_rows, rows_of

_TYPES = {"csv": "text/csv; charset=utf-8", "geojson": "application/geo+json"}


@login_required
@require_safe
def export(request: HttpRequest, collection: str, form: str) -> HttpResponseBase:
    """Give a collection as `csv`, `geojson` or `gpkg`; `?area=CODE` narrows it. The journal says who took it."""
    actor = actor_of_request(request)
    actor.must("register.view")
    known = COLLECTIONS.get(collection)
    if known is None or form not in (*_TYPES, "gpkg"):
        raise NotFound(_("There is no such file of the register."))
    area = request.GET.get("area", "")[:40]
    rows = rows_of(actor, known, area=area)
    if request.method == "GET":
        record_export(actor, collection=collection, form=form, area=area, at=clock.now())
    name = f"register-{collection}.{form}"
    if form == "gpkg":
        return _geopackage(known, rows, name)
    lines = _csv(known, rows) if form == "csv" else _geojson(known, rows)
    response = StreamingHttpResponse(lines, content_type=_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class _Line:
    """What the CSV writer writes to: it hands each line back."""

    def write(self, text: str) -> str:
        return text


def _csv(collection: Collection, rows: Any) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow([*collection.columns, "lon", "lat"])
    for _key, row, lon, lat in read_rows(collection, rows):
        yield writer.writerow([*(_safe(cell) for cell in row.values()), lon, lat])


def _safe(cell: Any) -> Any:
    """Nothing that a spreadsheet would run as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t" and cell else cell


def _geojson(collection: Collection, rows: Any) -> Iterator[str]:
    yield '{"type":"FeatureCollection","features":['
    comma = "\n"
    for each in read_rows(collection, rows):
        yield comma + json.dumps(feature_of(*each), ensure_ascii=False, separators=(",", ":"))
        comma = ",\n"
    yield "\n]}\n"


def _geopackage(collection: Collection, rows: Any, name: str) -> FileResponse:
    """Written to a file that vanishes once it is sent: SQLite cannot be streamed."""
    folder = tempfile.TemporaryDirectory(prefix="register-")
    file = Path(folder.name) / name
    points = ((lon, lat, list(row.values())) for _key, row, lon, lat in read_rows(collection, rows))
    write_points(file, layer=collection.id, columns=collection.columns, rows=points, at=clock.stamp(clock.now()))
    sent = file.open("rb")
    folder.cleanup()  # the open file stays readable to its end
    return FileResponse(sent, as_attachment=True, filename=name, content_type="application/geopackage+sqlite3")
