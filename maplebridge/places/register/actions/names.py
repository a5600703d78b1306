"""Names that addresses are numbered in, with the tokens by which they are found."""

from collections.abc import Iterable, Sequence

from maplebridge.places.fold import search_text, tokens_of
from maplebridge.places.register.models import RegisterName, RegisterToken
from maplebridge.places.rules import Names, has_cjk

_BATCH = 400
TOKEN_LONGEST = 60


def known_names(texts: Iterable[str]) -> dict[str, int]:
    """Give the keys of the names that the register has."""
    return _keys(sorted({text for text in texts if text}))


def names_for(texts: Iterable[str]) -> dict[str, int]:
    """Give the keys of names, made where there are none yet; empty texts are left out.

    Another act may make the same names at the same time: who comes second waits, and takes those of the first.
    """
    wanted = sorted({text for text in texts if text})
    known = _keys(wanted)
    fresh = [text for text in wanted if text not in known]
    if fresh:
        RegisterName.objects.bulk_create(map(RegisterName, [None] * len(fresh), fresh), _BATCH, ignore_conflicts=True)
        made = _keys(fresh)
        tokens = [RegisterToken(token=token, of_id=pk) for text, pk in made.items() for token in _tokens(text)]
        RegisterToken.objects.bulk_create(tokens, _BATCH, ignore_conflicts=True)
        known |= made
    return known


def _keys(texts: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(texts), _BATCH):
        rows = RegisterName.objects.filter(name__in=texts[start : start + _BATCH])
        found |= dict(rows.values_list("name", "pk"))
    return found


def _tokens(name: str) -> list[str]:
    names = Names(name, name if has_cjk(name) else "")
    return sorted({token[:TOKEN_LONGEST] for token in tokens_of(search_text(names))})
