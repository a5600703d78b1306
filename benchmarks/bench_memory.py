"""Memory of the server while positions come as fast as they are taken, for ten minutes: it must not grow."""

from benchmarks.bench_ingest import memory


def run() -> list[dict]:
    """Each minute's rate and memory."""
    return memory()
