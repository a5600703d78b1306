"""Kernels compile at their first call: no test of this folder is timed by hypothesis."""

from hypothesis import settings

settings.register_profile("compiling", deadline=None)
settings.load_profile("compiling")
