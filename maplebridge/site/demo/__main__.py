"""`python -m maplebridge.site.demo` keeps the prepared demo alive: what `maplebridge demo` starts beside the server."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maplebridge.site.settings")
django.setup()

from maplebridge.site.demo.simulate import main  # noqa: E402  # models need Django set up

main()
