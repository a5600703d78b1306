"""The source of the house, read once for its rules."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "maplebridge"
DOMAINS = ("people", "places", "positions", "fieldwork", "incidents", "property", "dispatch", "deployment", "live")


def python_files(*folders: str) -> list[Path]:
    """Every Python file of ours but migrations, in these folders of the repository."""
    found = [file for folder in folders or ("maplebridge",) for file in sorted((ROOT / folder).rglob("*.py"))]
    return [file for file in found if "migrations" not in file.parts and "node_modules" not in file.parts]


@cache
def tree_of(file: Path) -> ast.Module:
    """Its syntax tree."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def name_of(file: Path) -> str:
    """Its path from the repository's root, for messages."""
    return file.relative_to(ROOT).as_posix()


def functions_in(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method in a file."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def action_files() -> list[Path]:
    """Every file that holds actions: `actions.py`, or the files of an `actions` package."""
    return [file for file in python_files() if file.name == "actions.py" or file.parent.name == "actions"]
