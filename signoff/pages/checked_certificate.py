"""The result for a certificate that somebody sent: what its seal tells, in the shape of any other result."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from signoff.certificate.checking import Checked
from signoff.pages.checked import Check, CheckedPage, Group
from signoff.pages.checked_signature import when

ALTERED = frozenset({"altered", "added", "statement", "content"})
VERDICTS: dict[str, tuple[str, Promise]] = {
    "holds": ("complete", lazy("EVERYTHING HOLDS")),
    "altered": ("no-go", lazy("SOMETHING WAS ALTERED")),
    "nothing": ("warning", lazy("NOTHING IS PROVED")),
}


def certificate_page(found: Checked) -> CheckedPage:
    tone, word = VERDICTS[_verdict(found)]
    group = Group(
        title=_("The certificate"),
        why=_("That this server sealed it, and that it is as it left here."),
        state="done" if found.holds else "not_done",
        word=_("Holds") if found.holds else _("Does not hold"),
        checks=[
            Check("done", _("Holds"), finding.text)
            if finding.good
            else Check("not_done", _("Does not hold"), finding.text)
            for finding in found.findings
        ],
        is_bad=True,  # the one group, so shown unfolded
    )
    return CheckedPage(
        tone=tone,
        word=str(word),
        details=[_("a certificate, as PDF")],
        about=_about(found),
        whom=[
            _(
                "Checked by the certificate authority of this very server, so it proves nothing against this server. "
                "A PDF reader that is given the authority's certificate checks the seal without it."
            )
        ],
        not_proved=_(
            "Not proved by any of this: that what a person signed is true; that nobody forced them; and that nothing "
            "happened since it was sealed. The keys of people are not checked here: a bundle has what that takes."
        ),
        groups=[group],
    )


def _verdict(found: Checked) -> str:
    if found.holds:
        return "holds"
    return "altered" if ALTERED & set(found.codes) else "nothing"


def _about(found: Checked) -> str:
    """Of which launch it is, and when it was sealed, where a key of ours says so."""
    if not found.record or not found.holds:
        return ""
    launch = found.record["launch"]
    sealed = when(found.sealed_at.isoformat()) if found.sealed_at else ""
    parts = {"launch": f"{launch['name']} {launch['version']}", "when": sealed}
    return _("%(launch)s; sealed %(when)s") % parts
