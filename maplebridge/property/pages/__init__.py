"""The pages of the registry: the public check, an owner's items, the shop's desk, the investigator's board."""

from django.urls import path

from maplebridge.property.pages import board, cases, desk, imports, mine, paper, places, public

urlpatterns = [
    path("property", public.check, name="property_check"),
    path("property/register", public.register, name="property_register"),
    path("property/accept", public.accept, name="property_accept"),
    path("property/mine", mine.mine, name="property_mine"),
    path("property/mine/leave", mine.leave, name="property_leave"),
    path("property/mine/held", mine.held, name="property_held"),
    path("property/mine/end", mine.end, name="property_end"),
    path("property/mine/<int:item_id>", mine.item, name="property_my_item"),
    path("property/mine/<int:item_id>/stolen", mine.stolen, name="property_stolen"),
    path("property/mine/<int:item_id>/found", mine.found, name="property_found"),
    path("property/mine/<int:item_id>/offer", mine.offer, name="property_offer"),
    path("property/items/<int:item_id>/certificate.pdf", paper.certificate, name="property_certificate"),
    path("property/stickers.pdf", paper.stickers, name="property_stickers"),
    path("property/desk", desk.desk, name="property_desk"),
    path("property/desk/register", desk.register, name="property_desk_register"),
    path("property/desk/check", desk.check, name="property_desk_check"),
    path("property/desk/answer/<int:alarm_id>", desk.answer, name="property_desk_answer"),
    path("property/desk/batch", desk.batch, name="property_desk_batch"),
    path("property/desk/items/<int:item_id>", desk.item, name="property_desk_item"),
    path("property/desk/import", imports.begin, name="property_import"),
    path("property/desk/import/<str:key>", imports.go_on, name="property_import_run"),
    path("property/desk/import/<str:key>/errors.csv", imports.errors, name="property_import_errors"),
    path("property/desk/import/<str:key>/codes.csv", imports.codes, name="property_import_codes"),
    path("property/places", places.places, name="property_places"),
    path("property/board", board.board, name="property_board"),
    path("property/figures", board.figures_page, name="property_figures"),
    path("property/items/<int:item_id>", cases.case, name="property_case"),
    path("property/items/<int:item_id>/owner", cases.owner, name="property_case_owner"),
    path("property/items/<int:item_id>/act", cases.act_on, name="property_case_act"),
]
