"""Signing in as people do: a passkey, an authenticator app, an enrolled phone; in a real browser."""

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from journey_people import Desk, sign_in
from playwright.sync_api import Page, expect

PASSWORD = "maple-chief"


@pytest.fixture
def by_name(server, open_context):
    """Contexts at http://localhost: a passkey belongs to a name, never to an address."""
    return lambda **more: open_context(base_url=f"http://localhost:{server.port}", **more)


def prove(page: Page) -> None:
    """Give the password once more where the page asks for it."""
    if "reauthenticate" in page.url:
        page.locator("input[type=password]").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_url(lambda url: "reauthenticate" not in url)


def key_of(page: Page) -> None:
    """Give the page's browser a passkey holder of its own, as a phone or a laptop has one."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_chief_sets_a_passkey_up_and_signs_in_with_it_alone(by_name):
    page = sign_in(by_name(), "chief", "/account/2fa/webauthn/add/")
    key_of(page)
    prove(page)
    page.locator("input[name=name]").fill("Station key")
    page.locator("input[type=checkbox]").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(lambda url: "/add/" not in url)
    page.goto("/account/")
    expect(page.get_by_text("A second factor is set up.")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/console")
    page.goto("/account/2fa/webauthn/")
    page.get_by_role("link", name="Remove").click()
    prove(page)
    page.get_by_role("button", name="Remove").click()
    page.wait_for_url(lambda url: "remove" not in url)
    page.goto("/account/")
    expect(page.get_by_text("Only your password protects this account.")).to_be_visible()


def test_a_phone_enrols_by_the_code_and_is_the_officers(open_context):
    desk = open_context()
    page = sign_in(desk, "officer", "/account/")
    page.get_by_label("Name of the phone").fill("Pocket")
    page.get_by_role("button", name="Show a code").click()
    page.locator("input[type=password]").fill("maple-officer")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    page.get_by_text("No camera?").click()
    address = page.locator("code", has_text="/enrol/").inner_text()
    phone = open_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    held = phone.new_page()
    held.goto(address)
    held.get_by_role("button", name="Enrol it").click()
    held.wait_for_url("**/unit")
    assert Desk(phone).get("/api/me")["name"] == "Post officer 7"
    held.goto("about:blank")  # an open page would say 401 in its console the moment it is signed out
    page.goto("/account/")
    page.get_by_role("button", name="Sign out Pocket").click()
    held.goto("/unit")
    held.wait_for_url("**/sign-in?next=/unit")


def test_an_authenticator_app_is_set_up_from_its_code_and_asked_for(open_context):
    page = sign_in(open_context(), "auditor", "/account/2fa/totp/activate/")
    page.locator("input[type=password]").fill("maple-auditor")
    page.get_by_role("button", name="Confirm").click()
    secret = page.locator("#authenticator_secret").input_value()
    _before, now, _after = yield_hotp_counters_from_time()  # the code of now holds for another half a minute
    code = format_hotp_value(hotp_value(secret, now))
    page.locator("input[name=code]").fill(code)
    page.get_by_role("button", name="Activate").click()
    page.wait_for_url(lambda url: "activate" not in url)
    page.goto("/account/2fa/totp/deactivate/")
    page.get_by_role("button", name="Deactivate").click()
    page.goto("/account/")
    expect(page.get_by_text("Only your password protects this account.")).to_be_visible()
