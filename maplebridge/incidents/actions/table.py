"""Import incidents from somebody else's table, as many as come, as often as wanted."""

import csv
import gzip
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.utils.translation import gettext as _

from maplebridge.incidents.actions.numbers import take_numbers
from maplebridge.incidents.actions.report import Intake, digest_of, incident_from, report_from
from maplebridge.incidents.actions.shared import first_facts, occurred
from maplebridge.incidents.models import Incident, IncidentType, Report
from maplebridge.incidents.rules.mapping import BadMapping, RowUnusable, TableMapping, TableRow, mapping_from, row_from
from maplebridge.incidents.whereabouts import Spot, area_of
from maplebridge.journal.act import act
from maplebridge.kernel import clock
from maplebridge.kernel.geometry import valid_lonlat
from maplebridge.kernel.refused import Refused
from maplebridge.people.actor import Actor
from maplebridge.places.queries import current_city

BATCH = 500  # rows of one act
SHOWN = 8  # examples of each reason in the summary
Record = dict[str | None, Any]


class CannotImport(Refused):
    """The table or its mapping cannot be read."""


@dataclass(slots=True)
class ImportReport:
    """What an import did. `str()` of it is the summary for a person."""

    added: int = 0
    known: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[int]] = field(default_factory=dict)
    list_file: Path | None = None

    def __str__(self) -> str:
        lines = [
            _("%(added)d incidents added, %(known)d were there already, %(left)d rows left out.")
            % {"added": self.added, "known": self.known, "left": self.left_out.total()}
        ]
        for reason, count in self.left_out.most_common():
            rows = ", ".join(str(line) for line in self.examples[reason])
            more = ", …" if count > len(self.examples[reason]) else ""
            counted = _("%(count)d rows: %(reason)s (lines %(rows)s)")
            lines.append("  " + counted % {"count": count, "reason": reason, "rows": rows + more})
        if self.left_out:
            lines.append(_("Every row left out is listed with its reason in %(file)s.") % {"file": self.list_file})
        return "\n".join(lines)


def import_incidents(
    actor: Actor,
    *,
    file: Path,
    mapping: Path,
    left_out: Path | None = None,
    progress: Callable[[str], None] | None = None,
    at: datetime,
) -> ImportReport:
    """Import a CSV table (also .gz), by a mapping in TOML, and report what was added and left out.

    Each incident is journaled as `incidents.imported`. Batches of 500 rows are committed one by one: an import that
    was broken off goes on where it stopped when it is started again, and a row that is there adds nothing. Rows that
    cannot be placed are listed in `left_out` (default: in `imports` under the home). Raises CannotImport.
    """
    actor.must("incidents.report")
    table = _mapping(mapping)
    _types_known(table)
    list_file = left_out or Path(settings.HOME) / "imports" / f"{file.name}.left-out.csv"
    report = ImportReport(list_file=list_file)
    with ExitStack() as stack:
        rows = _records(stack.enter_context(_opened(file)), table, file)
        listing = stack.enter_context(_listing(list_file))
        batches = _Batches(actor, table, report, csv.writer(listing), at)
        while batch := list(islice(rows, BATCH)):
            batches.enter(batch)
            if progress:
                progress(_("line %(line)d: %(added)d added") % {"line": batch[-1][0], "added": report.added})
    if not report.left_out and report.list_file:
        report.list_file.unlink(missing_ok=True)
    return report


def _mapping(file: Path) -> TableMapping:
    try:
        return mapping_from(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise CannotImport(_("The mapping %(file)s cannot be opened.") % {"file": file}) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        sentence = _("The mapping %(file)s is not valid TOML: %(error)s.")
        raise CannotImport(sentence % {"file": file, "error": error}) from error
    except BadMapping as error:
        raise CannotImport(f"{file}: {error}") from error


def _types_known(table: TableMapping) -> None:
    known = set(IncidentType.objects.filter(active=True).values_list("code", flat=True))
    wanted = {*table.types.values(), *([table.default_type] if table.default_type else [])}
    if unknown := sorted(wanted - known):
        sentence = _("The mapping names types that are not here: %(unknown)s. There are: %(known)s.")
        known_text = ", ".join(sorted(known)) or _("none; run `maplebridge init` first")
        raise CannotImport(sentence % {"unknown": ", ".join(unknown), "known": known_text})


def _opened(file: Path) -> TextIO:
    try:
        with file.open("rb") as start:
            packed = start.read(2) == b"\x1f\x8b"
        if packed:
            return gzip.open(file, "rt", encoding="utf-8-sig", newline="")
        return file.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise CannotImport(_("The table %(file)s cannot be opened.") % {"file": file}) from error


def _listing(file: Path) -> TextIO:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return file.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise CannotImport(_("%(file)s cannot be written.") % {"file": file}) from error


def _records(lines: TextIO, table: TableMapping, file: Path) -> Iterator[tuple[int, Record]]:
    """Rows with their line numbers. Raises CannotImport at the line where the file breaks."""
    line = 0
    try:
        reader = csv.DictReader(lines)
        header = list(reader.fieldnames or [])
        if missing := sorted({column for column in table.columns.values() if column not in header}):
            sentence = _("%(file)s has no column %(missing)s. Its columns: %(columns)s.")
            words = {"file": file.name, "missing": ", ".join(missing), "columns": ", ".join(header)[:600] or "-"}
            raise CannotImport(sentence % words)
        for record in reader:
            line = reader.line_num
            yield line, record
    except (csv.Error, UnicodeDecodeError, EOFError, OSError) as error:
        sentence = _(
            "%(file)s cannot be read beyond line %(line)d: %(error)s. What came before is in; repair and import again."
        )
        raise CannotImport(sentence % {"file": file.name, "line": line, "error": error}) from error


@dataclass(frozen=True, slots=True)
class _Ready:
    """A row that can be placed."""

    line: int
    record: Record
    row: TableRow
    digest: str


class _Batches:
    """Enters batches of rows, with what is looked up once for all of them."""

    def __init__(self, actor: Actor, table: TableMapping, report: ImportReport, listing: Any, at: datetime) -> None:
        self.actor, self.table, self.report, self.at = actor, table, report, at
        self.listing = listing
        self.types = {each.code: each for each in IncidentType.objects.all()}
        self.city = current_city()

    def enter(self, batch: list[tuple[int, Record]]) -> None:
        """Write the new rows of a batch in one act."""
        ready: dict[str, _Ready] = {}
        for line, record in batch:
            try:
                each = self._read(line, record)
                if (twin := ready.setdefault(each.row.key, each)) is not each:
                    self._repeated(each, twin.digest)
            except RowUnusable as error:
                self._leave_out(line, record, str(error))
        known = Incident.objects.filter(source_key__in=list(ready)).values_list("source_key", "source_digest")
        for key, digest in known:
            self._repeated(ready.pop(str(key)), digest)
        if ready:
            _write(self.actor, self.table, [(each.row, self._intake(each)) for each in ready.values()], at=self.at)
        self.report.added += len(ready)

    def _read(self, line: int, record: Record) -> "_Ready":
        row = row_from(record, self.table)
        inside = valid_lonlat(row.lon, row.lat) and (self.city is None or self.city.holds(row.lon, row.lat))
        if not inside:
            raise RowUnusable(_("it lies outside %(city)s") % {"city": self.city.name if self.city else "-"})
        try:
            occurred(row.at, field="at", at=self.at, oldest=None)
        except Refused:
            raise RowUnusable(_("its time lies in the future")) from None
        digest = digest_of(
            type=row.type, at=clock.stamp(row.at), lon=row.lon, lat=row.lat, words=row.narrative, address=row.address
        )
        return _Ready(line, record, row, digest)

    def _repeated(self, each: "_Ready", digest: str) -> None:
        if each.digest == digest:
            self.report.known += 1
        else:
            self._leave_out(each.line, each.record, _("its key is there already with other content"))

    def _intake(self, each: "_Ready") -> Intake:
        row = each.row
        return Intake(
            type=self.types[row.type], spot=Spot(row.lon, row.lat, row.address, *area_of(row.lon, row.lat)),
            priority=None, priority_reason="", narrative=row.narrative, source="import", caller="", phone="",
            language="", reported_at=row.at, answered_at=None, source_key=row.key, digest=each.digest, follow_key=None,
            invented=False,
        )  # fmt: skip

    def _leave_out(self, line: int, record: Record, reason: str) -> None:
        self.report.left_out[reason] += 1
        examples = self.report.examples.setdefault(reason, [])
        if len(examples) < SHOWN:
            examples.append(line)
        self.listing.writerow([line, record.get(self.table.columns["key"]) or "", reason])


def _write(actor: Actor, table: TableMapping, pairs: Iterable[tuple[TableRow, Intake]], *, at: datetime) -> None:
    pairs = list(pairs)
    with act(actor, "incidents.table_imported", at=at) as batch:
        first = take_numbers(len(pairs), at=at)
        incidents = [incident_from(intake, number=first + i) for i, (_row, intake) in enumerate(pairs)]
        if table.state == "Closed":
            for incident, (row, _intake) in zip(incidents, pairs, strict=True):
                incident.state, incident.disposition = "Closed", row.disposition
                incident.closed_at = max(row.closed_at or row.at, row.at)
        Incident.objects.bulk_create(incidents)
        reports = [
            report_from(intake, incident, at=at) for incident, (_row, intake) in zip(incidents, pairs, strict=True)
        ]
        Report.objects.bulk_create(reports)
        batch.about(f"import:{table.name}", rows=len(pairs), first=first)
        for incident, (_row, intake) in zip(incidents, pairs, strict=True):
            with act(actor, "incidents.imported", at=incident.reported_at) as entry:
                entry.about(incident, case=f"import:{table.name}", **first_facts(incident)).keep_private(
                    narrative=intake.narrative, address=incident.address
                )
