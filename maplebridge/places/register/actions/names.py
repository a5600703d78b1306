"""Names that addresses are numbered in, with the tokens by which they are found; and serial numbers of codes."""

from collections.abc import Iterable

from maplebridge.places.fold import search_text, tokens_of
from maplebridge.places.register.models import RegisterName, RegisterSerial, RegisterToken
from maplebridge.places.register.rules.codes import prefix_of
from maplebridge.places.rules import Names, has_cjk

_BATCH = 500
TOKEN_LONGEST = 60


def names_for(texts: Iterable[str]) -> dict[str, RegisterName]:
    """Give the rows of names, made where there are none yet; empty texts are left out."""
    wanted = list(dict.fromkeys(text for text in texts if text))
    known: dict[str, RegisterName] = {}
    for start in range(0, len(wanted), _BATCH):
        some = wanted[start : start + _BATCH]
        known |= {row.name: row for row in RegisterName.objects.filter(name__in=some)}
    fresh = [RegisterName(name=text) for text in wanted if text not in known]
    if fresh:
        RegisterName.objects.bulk_create(fresh, batch_size=_BATCH)
        tokens = [RegisterToken(token=token, of=row) for row in fresh for token in _tokens(row.name)]
        RegisterToken.objects.bulk_create(tokens, batch_size=_BATCH)
        known |= {row.name: row for row in fresh}
    return known


def _tokens(name: str) -> list[str]:
    names = Names(name, name if has_cjk(name) else "")
    return sorted({token[:TOKEN_LONGEST] for token in tokens_of(search_text(names))})


def serials(area_code: str, *, number: int) -> tuple[str, range]:
    """Take the next serial numbers of an area: its prefix, and the numbers. None is given twice."""
    prefix = prefix_of(area_code)
    row, _made = RegisterSerial.objects.select_for_update().get_or_create(prefix=prefix)
    first = row.last + 1
    row.last += number
    row.save(update_fields=["last"])
    return prefix, range(first, row.last + 1)
