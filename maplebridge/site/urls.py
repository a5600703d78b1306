"""Every address of the site."""

from django.urls import path

from maplebridge.site.api import api

urlpatterns = [
    path("api/", api.urls),
]
