"""Finding rows by the words in them: full text on PostgreSQL, plainly on SQLite. Only what somebody may see is asked.

Every word has to be there. On PostgreSQL a word is found by its beginning, by the indexes of its migrations; on SQLite
anywhere, row by row.
"""

import re
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Func, Model, Q, QuerySet, TextField, Value

from accounts.models import User
from checklist.models import Comment, Evidence, Item, Launch, Risk

WORDS_AT_MOST = 10
FEW = 2_000
WORD = re.compile(r"[^\W_]+")

# As in those migrations, to the letter: the planner knows an index by its expression.
SEPARATORS = '!"#$&()*+,-./:;<=>?@[\\]^_`{|}~'


class WordsOf(Func):
    """The words in some columns, taken together, as an index of PostgreSQL has them."""

    arg_joiner = " || ' ' || "
    template = (
        f"to_tsvector('simple'::regconfig, translate(%(expressions)s, '{SEPARATORS}',"
        f" '{' ' * len(SEPARATORS)}'))"
    )
    output_field = TextField()


class BeginningLike(Func):
    """What asks for words by their beginnings. PostgreSQL."""

    template = "to_tsquery('simple'::regconfig, %(expressions)s)"
    output_field = TextField()


class Matches(Func):
    """Whether the one on the left has what the one on the right asks for. PostgreSQL."""

    arg_joiner = " @@ "
    template = "(%(expressions)s)"
    output_field = BooleanField()


def words_in(text: str) -> list[str]:
    """The words that somebody searches for, each once, the first ten."""
    return list(dict.fromkeys(WORD.findall(text.lower())))[:WORDS_AT_MOST]


LAUNCH = ("name", "version", "description")
ITEM = ("number", "text")
NOTE = ("note", "na_reason")
COMMENT = ("text", "resolution")
RISK = ("title", "description", "mitigation", "close_reason")
EVIDENCE = ("name", "url", "sha256")
WRITTEN = ~Q(note="") | ~Q(na_reason="")  # the condition of its index
STANDING = Q(removed_at=None)  # and of that of evidence


def having(columns: tuple[str, ...], words: list[str]) -> Q:
    """Rows with all of these words in the columns."""
    if connection.vendor == "postgresql":
        # A word is letters and digits alone: nothing in it could end the quotation.
        asked = " & ".join(f"'{word}':*" for word in words)
        return Q(Matches(WordsOf(*columns), BeginningLike(Value(asked))))
    found = Q()
    for word in words:
        anywhere = Q()
        for column in columns:
            anywhere |= Q(**{f"{column}__icontains": word})
        found &= anywhere
    return found


def some[Row: Model](
    rows: QuerySet[Row], columns: tuple[str, ...], words: list[str]
) -> QuerySet[Row]:
    """Some of the rows with these words, seen or not, in no order: what the index finds without a thought."""
    return rows.filter(having(columns, words)).order_by()[: FEW + 1]


def narrowed[Row: Model](
    rows: QuerySet[Row], columns: tuple[str, ...], words: list[str], among: QuerySet[Row]
) -> QuerySet[Row]:
    """Those of the rows, in their order, that have the words; `among` are all rows there are.

    PostgreSQL guesses badly how rare the beginning of a word is, and may walk through all rows in their order for a
    few hits. So a few hits are found first and put in order then; of many, the newest are soon come by.
    """
    if connection.vendor != "postgresql":
        return rows.filter(having(columns, words))
    few = list(some(among, columns, words).values_list("pk", flat=True))
    return rows.filter(pk__in=few) if len(few) <= FEW else rows.filter(having(columns, words))


def launches_with(words: list[str], user: User, now: datetime) -> QuerySet[Launch]:
    seen = Launch.objects.visible_to(user, now).order_by("-created_at", "pk")
    return narrowed(seen, LAUNCH, words, Launch.objects.all())


def items_with(words: list[str], user: User, now: datetime) -> QuerySet[Item]:
    return narrowed(_items(user, now), ITEM, words, Item.objects.all())


def notes_with(words: list[str], user: User, now: datetime) -> QuerySet[Item]:
    return narrowed(_items(user, now).filter(WRITTEN), NOTE, words, Item.objects.filter(WRITTEN))


def comments_with(words: list[str], user: User, now: datetime) -> QuerySet[Comment]:
    comments = Comment.objects.filter(item__launch__in=Launch.objects.visible_to(user, now))
    rows = comments.select_related("item__section", "item__launch", "author")
    seen = rows.order_by("-created_at", "pk")
    return narrowed(seen, COMMENT, words, Comment.objects.all())


def risks_with(words: list[str], user: User, now: datetime) -> QuerySet[Risk]:
    risks = Risk.objects.filter(launch__in=Launch.objects.visible_to(user, now))
    seen = risks.select_related("launch").order_by("-launch__created_at", "launch", "pk")
    return narrowed(seen, RISK, words, Risk.objects.all())


def evidence_with(words: list[str], user: User, now: datetime) -> QuerySet[Evidence]:
    """What stands. What was taken back is no proof any more."""
    proofs = Evidence.objects.filter(
        STANDING, item__launch__in=Launch.objects.visible_to(user, now)
    )
    rows = proofs.select_related("item__section", "item__launch")
    seen = rows.order_by("-item__launch__created_at", "item__launch", "pk")
    return narrowed(seen, EVIDENCE, words, Evidence.objects.filter(STANDING))


def _items(user: User, now: datetime) -> QuerySet[Item]:
    items = Item.objects.filter(launch__in=Launch.objects.visible_to(user, now))
    return items.select_related("section", "launch").order_by("-launch__created_at", "launch", "pk")


def after[Row: Model](rows: QuerySet[Row], pk: UUID, launch: str) -> QuerySet[Row]:
    """Those of the rows that come after one of them; from the start where it is not among them. One query.

    `launch` leads from a row to the launch whose age decides, as "launch__"; "" where the row's own does.
    """
    key = rows.filter(pk=pk).values_list(f"{launch}created_at", f"{launch}pk").first()
    if key is None:
        return rows
    created_at, launch_pk = key
    older = Q(**{f"{launch}created_at__lt": created_at})
    same_moment = Q(**{f"{launch}created_at": created_at})
    if not launch:
        return rows.filter(older | same_moment & Q(pk__gt=pk))
    other = Q(**{f"{launch}pk__gt": launch_pk})
    same = Q(**{f"{launch}pk": launch_pk}, pk__gt=pk)
    return rows.filter(older | same_moment & (other | same))
