#!/usr/bin/env python3
"""Django's own commands. People use `maplebridge`; see `maplebridge --help`."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maplebridge.site.settings")
execute_from_command_line(sys.argv)
