"""What phones ask of field work, by OpenRosa's addresses."""

from django.urls import path

from maplebridge.fieldwork.pages import openrosa

_OPENROSA = (
    ("formList", "form_list", openrosa.form_list),
    ("forms/<str:code>/<str:version>/form.xml", "form", openrosa.form),
    ("forms/<str:code>/<str:version>/manifest.xml", "manifest", openrosa.manifest),
    ("forms/<str:code>/<str:version>/files/<str:name>", "form_file", openrosa.form_file),
    ("submission", "submission", openrosa.submission),
    ("submission/arrived", "arrived", openrosa.arrived),
)

urlpatterns = [
    *(path(f"key/<str:key>/{where}", view, name=f"openrosa_key_{name}") for where, name, view in _OPENROSA),
    *(path(f"openrosa/{where}", view, name=f"openrosa_{name}") for where, name, view in _OPENROSA),
]
