"""Where the sign-in library meets this house: who may enter, what the journal says of it, how secrets are kept."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from maplebridge.kernel import moment
from maplebridge.kernel.address import client_address
from maplebridge.kernel.sealed import seal, unseal
from maplebridge.people.models import User
from maplebridge.people.sessions import SECOND_FACTOR
from maplebridge.site import entrance_pages

FACTORS = "second factors"


def has_second_factor(user: User) -> bool:
    """Whether an authenticator app or a passkey is set up; recovery codes alone are none."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user=user, type__in=kinds).exists())


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no types for us
    """Accounts are enrolled, never signed up; each sign-in and each change of how one signs in is an entry."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The client's address, as told apart behind our proxy."""
        return client_address(request)

    def pre_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse | None:
        """Turn away whoever's account has ended, with the day."""
        refused = entrance_pages.refuse_ended(request, user)
        answer: HttpResponse | None = refused or super().pre_login(request, user, **more)
        return answer

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """Mark the session as proven by two factors where they are set up, journal it, and lead on."""
        by_directory = any(
            record.get("method") == "socialaccount"
            for record in request.session.get("account_authentication_methods", [])
        )
        request.session[SECOND_FACTOR] = by_directory or has_second_factor(user)
        response: HttpResponse = super().post_login(request, user, **more)
        return entrance_pages.entered(request, user, response)

    def add_message(self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any,
                    **more: Any) -> None:  # fmt: skip
        """Leave out the greeting: the page itself shows who is signed in."""
        if message_template not in ("account/messages/logged_in.txt", "account/messages/logged_out.txt"):
            super().add_message(request, level, message_template, *args, **more)

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **more: Any) -> None:
        """Journal what the library would send a mail about: a password, a factor or a connection that changed."""
        entrance_pages.security_changed(self.request, user, template_prefix.rpartition("/")[2])
        self.request.session[SECOND_FACTOR] = has_second_factor(user)
        moment.forget()


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library has no types for us
    """Secrets of authenticator apps and seeds of recovery codes are encrypted with a key that the database lacks."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret."""
        return seal(text, purpose=FACTORS)

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a secret."""
        return unseal(encrypted_text, purpose=FACTORS)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the last factor of whoever may not be without one."""
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        kept = others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
        recovery = authenticator.type == Authenticator.Type.RECOVERY_CODES
        return kept or recovery or not entrance_pages.needs_second_factor(authenticator.user)


class DirectoryAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the library has no types for us
    """Whoever the agency's directory vouches for enters the account of the same name; it makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody signs up."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Connect a first sign-in with the enrolled account of that name, or say that there is none."""
        if sociallogin.is_existing:
            return
        claims = sociallogin.account.extra_data
        name = str(claims.get("userinfo", claims).get("preferred_username", ""))
        user = User.objects.filter(username=name, is_active=True).first() if name else None
        if user is None:
            sentence = _("The directory knows you as “%(name)s”, and no account here has that name. "
                         "Ask your station chief to enrol it.") % {"name": name or "?"}  # fmt: skip
            raise ImmediateHttpResponse(entrance_pages.sign_in_form(request, sentence=sentence, status=403))
        sociallogin.connect(request, user)
