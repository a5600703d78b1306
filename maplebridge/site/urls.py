"""Every address of the site."""

from allauth.account import views as allauth_account
from allauth.socialaccount import views as directory
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.urls import include, path

from maplebridge.site import (
    account_pages,
    approval_pages,
    audit_pages,
    entrance_pages,
    journal_pages,
    outside_pages,
    pages,
    people_pages,
    record_pages,
    unit_pages,
)
from maplebridge.site.api import api

_ENTRANCE = [
    path("sign-in", entrance_pages.SignIn.as_view(), name="account_login"),
    path("sign-in/demo", entrance_pages.sign_in_demo, name="sign_in_demo"),
    path("sign-in/directory/", oidc.login, {"provider_id": "directory"}, name="openid_connect_login"),
    path("sign-in/directory/back/", oidc.callback, {"provider_id": "directory"}, name="openid_connect_callback"),
    path("sign-in/directory/refused/", directory.login_error, name="socialaccount_login_error"),
    path("sign-in/directory/cancelled/", directory.login_cancelled, name="socialaccount_login_cancelled"),
    path("sign-out", entrance_pages.sign_out, name="sign_out"),
    path("sign-out/", entrance_pages.sign_out, name="account_logout"),
    path("enrol/<str:code>", account_pages.enrol, name="enrol"),
]

_ACCOUNT = [
    path("", account_pages.account, name="account"),
    path("2fa/", include("allauth.mfa.urls")),
    path("password/", allauth_account.password_change, name="account_change_password"),
    path("password/set/", allauth_account.password_set, name="account_set_password"),
    path("reauthenticate/", allauth_account.reauthenticate, name="account_reauthenticate"),
    path("tokens", account_pages.make_token, name="make_token"),
    path("tokens/<int:number>/end", account_pages.end_token, name="end_token"),
    path("sessions/<int:number>/end", account_pages.end_session, name="end_session"),
    path("devices", account_pages.add_device, name="add_device"),
    path("devices/<int:number>/end", account_pages.end_device, name="end_device"),
    path("held", account_pages.held, name="account_held"),
    path("emergency", account_pages.emergency, name="emergency"),
]

_PEOPLE = [
    path("", people_pages.people, name="people"),
    path("new", people_pages.new_person, name="new_person"),
    path("roles", people_pages.roles, name="roles"),
    path("roles/new", people_pages.edit_role, name="new_role"),
    path("roles/<str:code>", people_pages.edit_role, name="edit_role"),
    path("emergencies", people_pages.emergencies, name="emergencies"),
    path("<int:number>", people_pages.person, name="person"),
    path("<int:number>/give", people_pages.give, name="give_role"),
    path("<int:number>/take-back", people_pages.take_back, name="take_back_role"),
    path("<int:number>/password", people_pages.new_password, name="new_password"),
    path("<int:number>/factors", people_pages.lost_factor, name="lost_factor"),
    path("<int:number>/phone", people_pages.phone_code, name="phone_code"),
    path("<int:number>/end", people_pages.end_key, name="end_key"),
]

_UNITS = [
    path("", unit_pages.units, name="units"),
    path("fences", unit_pages.fences, name="fences"),
    path("fences/<int:number>/end", unit_pages.end_fence, name="end_fence"),
    path("<int:number>/devices", unit_pages.devices, name="unit_devices"),
    path("<int:number>/devices/add", unit_pages.add_tracker, name="add_tracker"),
    path("<int:number>/devices/<int:tracker>/end", unit_pages.end_tracker, name="end_tracker"),
    path("<int:number>/track", unit_pages.track, name="unit_track"),
    path("<int:number>/track/bring", unit_pages.bring_track, name="bring_track"),
]

_JOURNAL = [
    path("verify", journal_pages.verification, name="journal_verify"),
    path("<int:position>", journal_pages.entry, name="journal_entry"),
    path("<int:position>/consult", journal_pages.consult, name="journal_consult"),
    path("<int:position>/proof", record_pages.proof, name="journal_proof"),
    path("patterns", audit_pages.patterns_page, name="journal_patterns"),
    path("export", audit_pages.export, name="journal_export"),
    path("checkpoint/make", audit_pages.checkpoint_now, name="journal_checkpoint"),
    path("checkpoint", outside_pages.checkpoint),
    path("key", outside_pages.key),
    path("tile/entries/<path:address>", outside_pages.entries),
    path("tile/<int:level>/<path:address>", outside_pages.tile),
]

urlpatterns = [
    path("", pages.start, name="start"),
    *_ENTRANCE,
    path("account/", include(_ACCOUNT)),
    path("people/", include(_PEOPLE)),
    path("units/", include(_UNITS)),
    path("approvals", approval_pages.approvals, name="approvals"),
    path("approvals/decide", approval_pages.decide, name="decide_approval"),
    path("approvals/carry-out", approval_pages.carry_out, name="use_approval"),
    path("language", pages.set_language, name="set_language"),
    path("theme", pages.set_theme, name="set_theme"),
    path("tour", pages.tour, name="tour"),
    path("console", pages.console, name="console"),
    path("unit", pages.phone, name="phone"),
    path("unit-worker.js", pages.phone_worker, name="phone_worker"),
    path("unit.webmanifest", pages.phone_manifest, name="phone_manifest"),
    path("journal", journal_pages.journal, name="journal"),
    path("journal/", include(_JOURNAL)),
    path("record/<str:name>", record_pages.record, name="record"),
    path("map/", include("maplebridge.places.pages")),
    path("", include("maplebridge.places.register.pages")),
    path("", include("maplebridge.fieldwork.pages")),
    path("", include("maplebridge.deployment.pages")),
    path("", include("maplebridge.incidents.pages")),
    path("", include("maplebridge.property.pages")),
    path("api/", api.urls),
]
