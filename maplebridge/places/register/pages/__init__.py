"""The pages of the register: search, an address with its tree, forms, quality, lists in and out, plates, OGC API."""

from django.urls import path

from maplebridge.places.register.pages import addresses, browse, care, exports, forms, imports, ogc, plates

urlpatterns = [
    path("register", browse.register, name="register"),
    path("register/quality", browse.quality, name="register_quality"),
    path("register/tiles/<int:z>/<int:x>/<int:y>.mvt", browse.tile, name="register_tile"),
    path("register/addresses/<int:key>", addresses.address, name="register_address"),
    path("register/new/<str:subject>", forms.new, name="register_new"),
    path("register/change/<str:subject>/<int:key>", forms.change, name="register_change"),
    path("register/import", imports.begin, name="register_import"),
    path("register/import/<str:key>", imports.go_on, name="register_import_run"),
    path("register/import/<str:key>/errors.csv", imports.errors, name="register_import_errors"),
    path("register/plates.pdf", plates.sheet, name="register_plates"),
    path("register/at/<str:code>", plates.scanned, name="register_at"),
    path("register/export/<str:collection>.<str:form>", exports.export, name="register_export"),
    path("register/care", care.care, name="register_care"),
    path("register/care/new/<int:key>", care.ask, name="register_care_new"),
    path("register/care/<int:key>/end", care.end, name="register_care_end"),
    path("care/<str:code>", care.withdraw, name="care_withdraw"),
    path("ogc/", ogc.landing, name="ogc"),
    path("ogc/api", ogc.definition, name="ogc_api"),
    path("ogc/conformance", ogc.conformance, name="ogc_conformance"),
    path("ogc/collections", ogc.collections, name="ogc_collections"),
    path("ogc/collections/<str:name>", ogc.collection, name="ogc_collection"),
    path("ogc/collections/<str:name>/items", ogc.items, name="ogc_items"),
    path("ogc/collections/<str:name>/items/<int:key>", ogc.item, name="ogc_item"),
]
