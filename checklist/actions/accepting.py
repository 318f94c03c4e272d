"""Steps of acceptances: signoff's actions call them once the promise is signed, or taken back."""

from collections.abc import Sequence

from audit.ledger import Change
from checklist.models import Acceptance, Item
from checklist.verbs import Verb

ACCEPTED = ["acceptance", "accepted_text", "accepted_status"]


def let_accept(items: Sequence[Item], acceptance: Acceptance) -> list[Change]:
    """Bind items to the acceptance that was signed for them, over their text and status as they are now.

    What was accepted before is accepted anew: extending is a new acceptance (DESIGN 3.6).
    """
    acceptance.full_clean()
    acceptance.save()
    changes = []
    for item in items:
        old = _facts(item)
        item.acceptance = acceptance
        item.accepted_text, item.accepted_status = item.text, item.status
        changes.append(_change(Verb.ITEM_ACCEPTED, item, old))
    Item.objects.bulk_update(items, ACCEPTED)
    return changes


def release(items: Sequence[Item]) -> list[Change]:
    """Nobody accepts these items any more: whoever did has taken it back."""
    changes = []
    for item in items:
        old = _facts(item)
        item.acceptance = None
        item.accepted_text = item.accepted_status = ""
        changes.append(_change(Verb.ITEM_RELEASED, item, old))
    Item.objects.bulk_update(items, ACCEPTED)
    return changes


def _facts(item: Item) -> dict[str, object]:
    given = item.acceptance
    if given is None:
        return {}
    return {
        "acceptance": given.signature,
        "accepted_until": given.until,
        "accepted_status": item.accepted_status,
    }


def _change(verb: Verb, item: Item, old: dict[str, object]) -> Change:
    return Change(verb, f"item:{item.pk}", item.launch_id, old=old, new=_facts(item))
