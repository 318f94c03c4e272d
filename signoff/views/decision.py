"""The decision page, and what managers do about its rounds."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.requests import Request
from checklist.permissions import Right
from checklist.views.loading import visible_launch
from sentinel.errors import refusals_on
from signoff.actions import answer_questions, cancel_round, open_round
from signoff.forms import AnswersForm, CancelForm, RoundForm, fate_forms
from signoff.forms.conditions import dropped
from signoff.models import Round
from signoff.pages.decision import decision_page
from signoff.pages.round import answers_page, cancel_page, given_before, opening_page
from signoff.pages.table import Table, table
from signoff.views.sending import sent


@require_GET
def decision(request: Request, slug: str) -> HttpResponse:
    """How the launch stands, who has voted what, and what was decided before."""
    launch = visible_launch(request.user, slug)
    page = decision_page(table(launch, user=request.user, now=timezone.now()))
    return render(request, "signoff/decision.html", {"page": page})


@require_http_methods(["GET", "POST"])
def round_open(request: Request, slug: str) -> HttpResponse:
    """Open a round: three answers beside what is derived, and what becomes of the conditions left open."""
    found = _managed(request, slug)
    form, fates = RoundForm(sent(request)), fate_forms(sent(request), found.left_over)
    if form.is_valid() and all(row.is_valid() for row in fates if row.is_bound):
        with form.refusals():
            opened = open_round(
                found.launch,
                by=request.user,
                answers=form.answers(),
                what_changed=form.cleaned_data["what_changed"],
                dropped=dropped(fates),
            )
            messages.success(request, _("%(round)s is open for votes.") % {"round": opened})
            return redirect("signoff:decision", slug)
    context = {"page": opening_page(found, form, fates), "form": form}
    return render(request, "signoff/round_open.html", context)


@require_http_methods(["GET", "POST"])
def round_answers(request: Request, slug: str) -> HttpResponse:
    """Change the newest round's answers; the page says beforehand which votes that voids."""
    found = _managed(request, slug)
    round_ = _newest(found)
    form = AnswersForm(sent(request), initial=given_before(round_))
    if form.is_valid():
        with form.refusals():
            answer_questions(round_, by=request.user, answers=form.answers())
            messages.success(request, _("The answers are changed."))
            return redirect("signoff:decision", slug)
    context = {"page": answers_page(found, form), "form": form}
    return render(request, "signoff/round_answers.html", context)


@require_http_methods(["GET", "POST"])
def round_cancel(request: Request, slug: str) -> HttpResponse:
    """End the newest round without a decision, with a reason."""
    found = _managed(request, slug)
    round_ = _newest(found)
    form = CancelForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            cancel_round(round_, by=request.user, **form.cleaned_data)
            messages.success(request, _("%(round)s is cancelled.") % {"round": round_})
            return redirect("signoff:decision", slug)
    context = {"page": cancel_page(found), "form": form}
    return render(request, "signoff/round_cancel.html", context)


def _managed(request: Request, slug: str) -> Table:
    """The decision of a launch that this person manages; 403 for who may only see it."""
    launch = visible_launch(request.user, slug)
    found = table(launch, user=request.user, now=timezone.now())
    if not found.manages:
        raise PermissionDenied(f"You may not {Right.MANAGE} here.")
    return found


def _newest(found: Table) -> Round:
    if found.newest is None:
        raise Http404("No round has been opened yet.")
    return found.newest
