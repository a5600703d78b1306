"""Compile every kernel, so that nobody waits for a compiler: for the set-up.

    python -m maplebridge.site.warm

Where the compiled code is kept: see `kernel.compiled`.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maplebridge.site.settings")


def main() -> None:
    """Compile the kernels of roads, near codes, and deployment, or load what was compiled."""
    import django

    django.setup()
    from maplebridge.deployment.warm import warm as warm_deployment
    from maplebridge.places.roads.warm import warm as warm_roads
    from maplebridge.property.near import warm as warm_near

    warm_roads()
    warm_near()
    warm_deployment()


if __name__ == "__main__":
    main()
