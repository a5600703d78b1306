from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "maplebridge.site"
    label = "site"
