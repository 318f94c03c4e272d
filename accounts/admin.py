"""People, teams, authorities and invitations for operators. Every save calls an action."""

from collections.abc import Callable
from typing import Any, ClassVar

import allauth.account.admin
import allauth.mfa.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import actions
from accounts.forms import NAME_LENGTH, zone_choices
from accounts.models import Authority, Invitation, Mail, Membership, Team, User
from accounts.rules import Role
from sentinel.errors import refusals_on
from sentinel.text import EmailField, LineField, TextField

# Ways round the invitation, the person's own hands and the role: not for admins either.
for model in (Authenticator, EmailAddress, Group):
    admin.site.unregister(model)


def password_change(request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
    """The one place to change a password is everybody's."""
    return redirect("account_change_password")


admin.site.password_change = password_change  # type: ignore[assignment]

BOTH_PLACES = [ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST]


class ActingForm(ModelForm):
    """A form that is valid when its action accepts it: what is refused stands beside what was typed."""

    by: ClassVar[User]

    def act(self) -> Any:
        raise NotImplementedError

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            with refusals_on(self), transaction.atomic():
                self.instance = self.act()


class PersonForm(ActingForm):
    has_left = False
    full_name = LineField(label=gettext_lazy("Full name"), max_length=NAME_LENGTH)
    title = LineField(label=gettext_lazy("Title"), max_length=NAME_LENGTH, required=False)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zone_choices)
    reason = TextField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("Needed when somebody leaves or comes back."),
    )

    class Meta:
        model = User
        fields = ["full_name", "title", "role", "time_zone", "language", "is_active"]

    def act(self) -> User:
        asked = self.cleaned_data
        person = actions.change_person(
            self.instance,
            by=self.by,
            full_name=asked["full_name"],
            title=asked["title"],
            role=Role(asked["role"]),
            time_zone=asked["time_zone"],
            language=asked["language"],
        )
        if "is_active" not in self.changed_data:
            return person
        switch = actions.reactivate if asked["is_active"] else actions.deactivate
        self.has_left = not asked["is_active"]
        return switch(person, by=self.by, reason=asked["reason"])


class InvitationForm(ActingForm):
    email = EmailField(label=gettext_lazy("E-mail"))
    full_name = LineField(label=gettext_lazy("Full name"), max_length=NAME_LENGTH, required=False)

    class Meta:
        model = Invitation
        fields = ["email", "full_name", "role", "teams"]

    def act(self) -> Invitation:
        asked = self.cleaned_data
        return actions.invite(
            email=asked["email"],
            full_name=asked["full_name"],
            role=Role(asked["role"]),
            teams=asked["teams"],
            by=self.by,
        )


class NamedForm(ModelForm):
    """A team or an authority."""

    name = LineField(label=gettext_lazy("Name"), max_length=100)


class MembershipForm(ModelForm):
    """A person's place in a team: who it is stays, once they are in."""

    class Meta:
        model = Membership
        fields = ["user", "standing"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.user_id:
            self.fields["user"].disabled = True

    def clean(self) -> None:
        super().clean()
        user = self.cleaned_data.get("user")
        if user and not user.is_active and self.has_changed():
            self.add_error("user", ValidationError(_("This person has left."), code="inactive"))


class ActingAdmin(admin.ModelAdmin):
    """Hands over to actions. What only the action could refuse is said on top of the page."""

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"by": request.user})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refused:
            say_refused(request, refused)
            return HttpResponseRedirect(request.get_full_path())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def say_refused(request: HttpRequest, refused: ValidationError, about: object = "") -> None:
    for sentence in refused.messages:
        messages.error(request, f"{about}: {sentence}" if about else sentence)


@admin.register(User)
class UserAdmin(ActingAdmin):
    form = PersonForm
    list_display = ["full_name", "email", "title", "role", "is_active"]
    list_filter = ["role", "is_active"]
    search_fields = ["full_name", "email", "title"]
    fields = [
        "email",
        "full_name",
        "title",
        "role",
        "time_zone",
        "language",
        "is_active",
        "reason",
        "date_joined",
        "last_login",
    ]
    readonly_fields = ["email", "date_joined", "last_login"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People come by invitation."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """The form has acted. Whoever has just left may leave work behind."""
        if form.has_left:
            says = _("%(who)s has left.") % {"who": obj}
            url = reverse("checklist:handover", args=[obj.pk])
            link = _("Hand over what is left in their hands")
            messages.warning(request, format_html('{} <a href="{}">{}</a>', says, url, link))


class MembershipInline(admin.TabularInline):
    model = Membership
    form = MembershipForm
    autocomplete_fields = ["user"]
    extra = 1


@admin.register(Team)
class TeamAdmin(ActingAdmin):
    form = NamedForm
    fields = ["name", "slug", "is_active"]
    list_display = ["name", "slug", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [MembershipInline]

    def save_model(self, request: HttpRequest, obj: Team, form: Any, change: bool) -> None:
        actions.save_team(obj, by=_admin(request))

    def save_formset(
        self, request: HttpRequest, form: Any, formset: BaseModelFormSet, change: bool
    ) -> None:
        formset.save(commit=False)
        by = _admin(request)
        for membership in formset.deleted_objects:
            actions.end_membership(membership, by=by)
        changed = [membership for membership, _fields in formset.changed_objects]
        for membership in [*formset.new_objects, *changed]:
            actions.set_membership(
                membership.team, user=membership.user, standing=membership.standing, by=by
            )


@admin.register(Authority)
class AuthorityAdmin(ActingAdmin):
    form = NamedForm
    fields = ["name", "slug", "is_active"]
    list_display = ["name", "slug", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}

    def save_model(self, request: HttpRequest, obj: Authority, form: Any, change: bool) -> None:
        actions.save_authority(obj, by=_admin(request))


@admin.register(Invitation)
class InvitationAdmin(ActingAdmin):
    form = InvitationForm
    fields = ["email", "full_name", "role", "teams"]
    autocomplete_fields = ["teams"]
    list_display = ["email", "role", "invited_by", "invited_at", "state"]
    list_select_related = ["invited_by"]
    search_fields = ["email", "full_name"]
    actions = ["send_again", "revoke"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Once sent, an invitation can be sent again or taken back, not rewritten."""
        return False

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        """The form has acted."""

    @admin.display(description=gettext_lazy("state"))
    def state(self, invitation: Invitation) -> str:
        return str(invitation.state(timezone.now()).label)

    @admin.action(
        description=gettext_lazy("Send again, with a new link"),
        permissions=["add"],
        location=BOTH_PLACES,
    )
    def send_again(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, actions.renew_invitation, _("sent again"))

    @admin.action(description=gettext_lazy("Take back"), permissions=["add"], location=BOTH_PLACES)
    def revoke(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, actions.revoke_invitation, _("taken back"))

    def _each(
        self, request: HttpRequest, queryset: Any, act: Callable[..., Invitation], done: str
    ) -> None:
        for invitation in queryset:
            try:
                act(invitation, by=_admin(request))
            except ValidationError as refused:
                say_refused(request, refused, about=invitation)
            else:
                messages.success(request, f"{invitation}: {done}")


@admin.register(Mail)
class MailAdmin(admin.ModelAdmin):
    """What goes out, to whom, and what became of it. Not what it says: launches are not an operator's to read."""

    list_display = ["recipient", "state", "created_at", "sent_at", "attempts", "last_error"]
    list_filter = ["state"]
    list_select_related = ["recipient"]
    search_fields = ["recipient__full_name", "recipient__email"]
    fields = [
        "recipient",
        "state",
        "created_at",
        "due_at",
        "sent_at",
        "attempts",
        "last_error",
        "digest_on",
    ]
    readonly_fields = [
        "recipient",
        "state",
        "created_at",
        "due_at",
        "sent_at",
        "attempts",
        "last_error",
        "digest_on",
    ]
    show_full_result_count = False
    actions = ["send_again"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(
        description=gettext_lazy("Try again, where it was given up"), location=BOTH_PLACES
    )
    def send_again(self, request: HttpRequest, queryset: Any) -> None:
        tried = sum(actions.send_again(mail) for mail in queryset)
        messages.success(request, _("%(n)d to be sent again") % {"n": tried})


def _admin(request: HttpRequest) -> User:
    """Who is at the operators' pages: nobody else comes this far."""
    user: User = request.user  # type: ignore[assignment]
    return user
