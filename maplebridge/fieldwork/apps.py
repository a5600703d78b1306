"""The app of field work."""

from django.apps import AppConfig


class FieldworkConfig(AppConfig):
    name = "maplebridge.fieldwork"
