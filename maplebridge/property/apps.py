from django.apps import AppConfig


class PropertyConfig(AppConfig):
    name = "maplebridge.property"
    label = "property"
    default_auto_field = "django.db.models.BigAutoField"
