"""The decorator of this package's kernels."""

from pathlib import Path

from maplebridge.kernel.compiled import compiler

compiled = compiler(Path(__file__).parent)
