"""Every address of the site."""

from django.urls import include, path

from maplebridge.site import audit_pages, journal_pages, outside_pages, pages, record_pages
from maplebridge.site.api import api

urlpatterns = [
    path("", pages.start, name="start"),
    path("sign-in", pages.sign_in, name="sign_in"),
    path("sign-in/demo", pages.sign_in_demo, name="sign_in_demo"),
    path("sign-out", pages.sign_out, name="sign_out"),
    path("language", pages.set_language, name="set_language"),
    path("theme", pages.set_theme, name="set_theme"),
    path("tour", pages.tour, name="tour"),
    path("console", pages.console, name="console"),
    path("unit", pages.phone, name="phone"),
    path("unit-worker.js", pages.phone_worker, name="phone_worker"),
    path("unit.webmanifest", pages.phone_manifest, name="phone_manifest"),
    path("journal", journal_pages.journal, name="journal"),
    path("journal/verify", journal_pages.verification, name="journal_verify"),
    path("journal/<int:position>", journal_pages.entry, name="journal_entry"),
    path("journal/<int:position>/consult", journal_pages.consult, name="journal_consult"),
    path("journal/<int:position>/proof", record_pages.proof, name="journal_proof"),
    path("record/<str:name>", record_pages.record, name="record"),
    path("journal/patterns", audit_pages.patterns_page, name="journal_patterns"),
    path("journal/export", audit_pages.export, name="journal_export"),
    path("journal/checkpoint/make", audit_pages.checkpoint_now, name="journal_checkpoint"),
    path("journal/checkpoint", outside_pages.checkpoint),
    path("journal/key", outside_pages.key),
    path("journal/tile/entries/<path:address>", outside_pages.entries),
    path("journal/tile/<int:level>/<path:address>", outside_pages.tile),
    path("map/", include("maplebridge.places.pages")),
    path("", include("maplebridge.incidents.pages")),
    path("api/", api.urls),
]
