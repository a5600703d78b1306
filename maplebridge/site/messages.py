"""Catalogues of messages without GNU gettext: one per package and language, by Babel.

python -m maplebridge.site.messages compile     .po -> .mo, for every package
python -m maplebridge.site.messages update      bring every .po up to date with the source
python -m maplebridge.site.messages missing     list what has no translation yet; exit 1 if anything
"""

import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGES = Path(__file__).resolve().parents[1]
LANGUAGE = "zh_Hans"
HEADER = "# Maplebridge in Simplified Chinese."
NOISE = ('"Last-Translator', '"Language-Team', '"Report-Msgid', '"POT-Creation', '"PO-Revision', '"Generated-By')
KEYWORDS = {
    name: spec
    for names, spec in (
        (("_", "gettext", "gettext_lazy", "gettext_noop"), None),
        (("ngettext", "ngettext_lazy"), (1, 2)),
        (("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
        (("npgettext",), ((1, "c"), 2, 3)),
    )
    for name in names
}
Found = tuple[str, int, "str | tuple[str, ...]", list[str], "str | None"]


def packages() -> list[Path]:
    """Every package of ours that can have a catalogue."""
    return sorted(p for p in PACKAGES.iterdir() if (p / "__init__.py").exists())


def catalogue_of(package: Path) -> Path:
    """Where a package's catalogue stands."""
    return package / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def found_in(package: Path) -> Catalog:
    """Every message in a package's Python files and templates."""
    catalog = Catalog(locale=LANGUAGE, charset="utf-8")
    for file in sorted(package.rglob("*.py")):
        if "migrations" not in file.parts:
            _add(catalog, file, file.read_bytes())
    for file in sorted([*package.rglob("templates/**/*.html"), *package.rglob("templates/**/*.txt")]):
        _add(catalog, file, _templatized(file).encode())
    return catalog


def _templatized(file: Path) -> str:
    """A Django template rewritten as Python that only calls gettext, line by line."""
    from django.utils.translation.template import templatize

    return str(templatize(file.read_text(encoding="utf-8"), origin=str(file)))


def _add(catalog: Catalog, file: Path, source: bytes) -> None:
    for found in _extracted(source):
        line, words, comments, context = found
        catalog.add(
            words,
            locations=[(file.relative_to(PACKAGES).as_posix(), line)],
            auto_comments=comments,
            context=context,
            flags=["python-format"] if "%(" in str(words) else [],
        )


def _extracted(source: bytes) -> Iterable[tuple[int, "str | tuple[str, ...]", list[str], "str | None"]]:
    rows: Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]] = extract(
        "python", io.BytesIO(source), keywords=KEYWORDS, comment_tags=("Translators:",), options={"encoding": "utf-8"}
    )
    return [row for row in rows if row[1]]


def read(package: Path) -> Catalog:
    """A package's catalogue as it stands; an empty one where there is none."""
    file = catalogue_of(package)
    if not file.exists():
        return Catalog(locale=LANGUAGE, project="Maplebridge", charset="utf-8", header_comment=HEADER, fuzzy=False)
    with file.open("rb") as source:
        return read_po(source, locale=LANGUAGE)


def untranslated(package: Path) -> list[Message]:
    """Messages in the source that the catalogue does not translate."""
    known = read(package)
    return [m for m in found_in(package) if m.id and not _is_done(known.get(_key(m), m.context))]


def _key(message: Message) -> str:
    return message.id[0] if isinstance(message.id, list | tuple) else str(message.id)


def _is_done(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return all(strings)


def compile_all() -> int:
    """Write every .mo that is missing or older than its .po; return how many."""
    written = 0
    for package in packages():
        source = catalogue_of(package)
        target = source.with_suffix(".mo")
        if source.exists() and not (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            with target.open("wb") as out:
                write_mo(out, read(package))
            written += 1
    return written


def update_all() -> None:
    """Add new messages to every .po, drop those gone, keep every translation."""
    for package in packages():
        template = found_in(package)
        if len(template):
            catalog = read(package)
            catalog.update(template, no_fuzzy_matching=True)
            store(package, catalog)


def store(package: Path, catalog: Catalog) -> None:
    """Write a package's catalogue: sorted, without line numbers, so that it changes only where words do."""
    catalog.obsolete.clear()
    catalog.header_comment, catalog.fuzzy = HEADER, False
    file = catalogue_of(package)
    file.parent.mkdir(parents=True, exist_ok=True)
    text = io.BytesIO()
    write_po(text, catalog, width=120, include_lineno=False, sort_output=True)
    lines = text.getvalue().decode().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith(NOISE)), encoding="utf-8")


def main(argv: list[str]) -> int:
    """Run one of the three commands."""
    if argv == ["compile"]:
        print(f"{compile_all()} catalogues compiled")
    elif argv == ["update"]:
        update_all()
    elif argv == ["missing"]:
        rows = [(package.name, message) for package in packages() for message in untranslated(package)]
        for name, message in rows:
            print(f"{name}: {message.locations[0][0] if message.locations else ''}: {message.id!r}")
        return 1 if rows else 0
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
