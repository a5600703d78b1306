from django.apps import AppConfig


class DeploymentConfig(AppConfig):
    name = "maplebridge.deployment"
    label = "deployment"
    default_auto_field = "django.db.models.BigAutoField"
