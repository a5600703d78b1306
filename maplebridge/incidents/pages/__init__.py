"""The Django pages of incidents: for the public, on paper, their files, and figures of the work in the field."""

from django.urls import path

from maplebridge.incidents.pages import follow_ups, paper, public, quiet

urlpatterns = [
    path("report", public.report, name="public_report"),
    path("follow", public.find, name="follow_find"),
    path("follow/<str:code>", public.follow, name="follow"),
    path("follow/<str:code>/held", public.held, name="follow_held"),
    path("incidents/<int:incident_id>/sheet", paper.sheet, name="incident_sheet"),
    path("incidents/<int:incident_id>/files/<int:attachment_id>", paper.file, name="incident_file"),
    path("workbook/figures", quiet.figures, name="field_figures"),
    path("workbook/follow-ups", follow_ups.follow_ups, name="follow_ups"),
    path("cards", paper.cards, name="paper_cards"),
    path("catch-up", paper.catch_up, name="catch_up"),
]
