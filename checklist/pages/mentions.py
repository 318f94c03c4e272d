"""What an author is told after a comment: who is told of it, who may not see it, whom it does not find."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from checklist.mentions import mentions_in
from checklist.models import Comment, Launch


def comment_said(comment: Comment, launch: Launch) -> str:
    """That the comment is there, and what became of those it speaks to."""
    found = mentions_in(comment.text, launch)
    told = [person for person in found.told if person.pk != comment.author_id]
    parts = [_("The comment is there.")]
    if told:
        parts.append(_("It is told to %(names)s.") % {"names": _names(told)})
    if found.outsiders:
        text = _(
            "May not see this launch and is told nothing: %(names)s. A manager can let them in."
        )
        parts.append(text % {"names": _names(found.outsiders)})
    if found.unknown:
        text = _("Nobody is found under this name, or several are: %(names)s.")
        parts.append(text % {"names": _names(f"@{name}" for name in found.unknown)})
    return " ".join(parts)


def _names(people: Iterable[object]) -> str:
    return ", ".join(str(person) for person in people)
