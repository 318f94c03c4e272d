"""The pages about people: one's own profile, the directory, and the way in by invitation."""

from zoneinfo import ZoneInfo

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from accounts import actions
from accounts.forms import ArrivalForm, MailForm, PeopleFilter, ProfileForm, arrival_defaults
from accounts.models import Invitation, User
from accounts.permissions import Permission, allows, requires
from accounts.requests import Request
from accounts.rules import InvitationState
from accounts.words import INVITATIONS, UNKNOWN_INVITATION
from audit.activity import activity_page
from audit.models import Entry
from sentinel.errors import refusals_on

PEOPLE_A_PAGE = 50


@require_http_methods(["GET", "POST"])
def profile(request: Request) -> HttpResponse:
    """What one says about oneself; one's role and teams; the ways to sign in."""
    person = request.user
    initial = {name: getattr(person, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with refusals_on(form):
            actions.change_own_profile(person, **form.cleaned_data)
            messages.success(request, _("Your profile is saved."))
            return redirect("accounts:profile")
    memberships = list(person.memberships.select_related("team"))
    operates = allows(person, Permission.OPERATE)
    context = {"form": form, "memberships": memberships, "operates": operates}
    return render(request, "accounts/profile.html", context)


@require_http_methods(["GET", "POST"])
def mail(request: Request) -> HttpResponse:
    """Which mails one gets, and when."""
    person = request.user
    initial = {name: getattr(person, name) for name in MailForm.base_fields}
    form = MailForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with refusals_on(form):
            actions.change_own_mail(person, **form.cleaned_data)
            messages.success(request, _("Your choice is saved."))
            return redirect("accounts:mail")
    return render(request, "accounts/mail.html", {"form": form})


@require_GET
def people(request: Request) -> HttpResponse:
    """Everybody who is or was here, by name."""
    form = PeopleFilter(request.GET)
    rows = list(form.narrow(User.objects.with_teams())[: PEOPLE_A_PAGE + 1])
    shown, more = rows[:PEOPLE_A_PAGE], rows[PEOPLE_A_PAGE:]
    context = {
        "form": form,
        "people": shown,
        "next_key": shown[-1].pk if more else None,
        "sees_hands": _sees_hands(request.user),
        "vouches": allows(request.user, Permission.OPERATE),
    }
    return render(request, "accounts/people.html", context)


def _sees_hands(user: User) -> bool:
    """Whether the way to what people hold is offered beside their names."""
    if allows(user, Permission.OPERATE) or allows(user, Permission.START_LAUNCH):
        return True
    return allows(user, Permission.TAKE_PART) and user.memberships.leads().exists()


@require_GET
@requires(Permission.READ_LEDGER)
def activity(request: Request) -> HttpResponse:
    """What happened to people, teams and authorities: the ledger's lines that concern no launch."""
    page = activity_page(
        Entry.objects.of_organisation(), params=request.GET, zone=ZoneInfo(request.user.time_zone)
    )
    context = {"page": page, "heading": _("Activity"), "within": None}
    return render(request, "audit/activity.html", context)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password", "password2")
@never_cache
@login_not_required
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The way in. Looking does not use the link up; joining does, and signs the person in."""
    if not ratelimit.consume(request, action="accept_invitation"):
        too_many: HttpResponse = ratelimit.respond_429(request)
        return too_many
    invited = Invitation.objects.with_token(token).first()
    if invited is None:
        return _closed(request, UNKNOWN_INVITATION, status=404)
    state = invited.state(timezone.now())
    if state is not InvitationState.OPEN:
        return _closed(request, INVITATIONS[state], status=410)
    form = ArrivalForm(
        request.POST if request.method == "POST" else None,
        initial=arrival_defaults(invited.full_name),
    )
    if form.is_valid():
        with refusals_on(form):
            person = actions.accept_invitation(token, **form.details())
            signed_in: HttpResponse = perform_login(request, person, email_verification="none")
            return signed_in
    return render(request, "accounts/invitation.html", {"form": form, "invitation": invited})


def _closed(request: HttpRequest, sentence: object, *, status: int) -> HttpResponse:
    return render(request, "accounts/invitation_closed.html", {"sentence": sentence}, status=status)
