"""The decorators of this package's kernels: `lean` for those that make no arrays and are called very often."""

from pathlib import Path

from maplebridge.kernel.compiled import compiler

compiled = compiler(Path(__file__).parent)
lean = compiler(Path(__file__).parent, counts=False)
