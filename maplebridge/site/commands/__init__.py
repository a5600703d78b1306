"""One file for each command of `maplebridge`: `add` declares it, its `run` carries it out."""

import argparse
import textwrap
from typing import TypeAlias

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # quoted: not so at run time


def declare(commands: Subparsers, name: str, about: str, *, examples: str) -> argparse.ArgumentParser:
    """Add a command whose help says what it does and shows how it is used."""
    about = textwrap.dedent(about).strip()
    return commands.add_parser(
        name,
        help=about.splitlines()[0],
        description=about,
        epilog="examples:\n" + textwrap.indent(textwrap.dedent(examples).strip(), "  "),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def say(line: str) -> None:
    """Tell the person at the terminal, at once."""
    print(line, flush=True)
