"""A scheme of appraisal as TOML text, to be read and changed on a page."""

import json
from collections.abc import Mapping
from typing import Any


def toml_of(table: Mapping[str, Any]) -> str:
    """Write a table whose values are texts, numbers, lists of texts, and lists of such tables, as TOML."""
    plain = [f"{name} = {_value(value)}" for name, value in table.items() if not _is_tables(value)]
    parts = ["\n".join(plain)]
    for name, value in table.items():
        if _is_tables(value):
            parts += [f"[[{name}]]\n" + toml_of(each) for each in value]
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, Mapping) for each in value)


def _value(value: object) -> str:
    """JSON's texts, numbers, lists and truth values are TOML's, too."""
    return json.dumps(value, ensure_ascii=False)
