"""The picture's geometry: values in, values out."""

import pytest

from audit.verifier.verify import KEY, RECORDED, SERVER, Signature
from signoff.pages.checked_drawing import drawing_of
from signoff.pages.checked_picture import APART, LEFT, MOST_ROWS, RIGHT, picture_of, place_of


def signed(number, person="ann", **fields):
    """A signature over a ledger of so many entries."""
    known = {
        "digest": f"{number:064}",
        "act": "sign",
        "person": person,
        "name": person.title(),
        "at": f"2026-11-24T10:{number % 60:02}:00.000Z",
        "log_size": number,
        "entry": number,
        "kind": KEY,
        "whose": True,
        "holds": True,
    }
    return Signature(**known | fields)


def places(row):
    return [mark.x for mark in row.marks]


def test_one_signature_stands_between_the_start_and_the_checkpoint():
    picture = picture_of([signed(16)], 25)

    (row,) = picture.rows
    assert places(row) == [50.0]
    assert [(tick.x, tick.size) for tick in picture.ticks] == [(LEFT, 0), (50.0, 16), (RIGHT, 25)]
    assert (picture.kept, picture.undrawn, row.until) == (None, 0, 50.0)


def test_a_person_has_a_row_and_what_is_signed_later_stands_further_right():
    rows = picture_of([signed(20, "bob"), signed(16), signed(22)], 25).rows

    assert [row.name for row in rows] == ["Ann", "Bob"]
    assert [places(row) for row in rows] == [[27.0, 73.0], [50.0]]
    assert rows[1].y > rows[0].lane_y > rows[0].name_y > rows[0].y
    assert (
        picture_of([signed(16)], 25).height < picture_of([signed(16), signed(17, "b")], 25).height
    )


def test_two_people_of_one_name_are_two():
    rows = picture_of([signed(16, "1", name="Ann"), signed(17, "2", name="Ann")], 25).rows

    assert [row.name for row in rows] == ["Ann", "Ann"]


def test_the_kept_checkpoint_has_its_place_in_the_order():
    picture = picture_of([signed(16)], 25, kept=20)

    assert places(picture.rows[0]) == [pytest.approx(34.67)]
    assert picture.kept == pytest.approx(65.33)
    assert picture_of([signed(16)], 25, kept=25).kept == RIGHT


@pytest.mark.parametrize(
    ("size", "entry", "place"),
    [
        (16, 17, 16),
        (25, 17, 25),
        (26, 17, 17),  # says what cannot be
        (-1, 17, 17),
        (None, 17, 17),
        (None, None, None),
        (99, 99, None),
    ],
)
def test_where_a_signature_belongs(size, entry, place):
    assert place_of(signed(16, log_size=size, entry=entry), 25) == place


def test_what_has_no_place_is_counted_and_not_drawn():
    assert picture_of([signed(16), signed(99)], 25).undrawn == 1


@pytest.mark.parametrize(("rows", "size"), [([], 25), ([signed(16)], None), ([signed(99)], 25)])
def test_without_a_place_or_a_ledger_there_is_no_picture(rows, size):
    assert picture_of(rows, size) is None


def test_three_hundred_signatures_are_told_apart_or_counted():
    rows = [signed(n, f"person {n % 10}") for n in range(1, 301)]

    picture = picture_of(rows, 400)

    assert len(picture.rows) == 10
    for row in picture.rows:
        assert all(b - a >= APART for a, b in zip(places(row), places(row)[1:], strict=False))
        assert sum(mark.count for mark in row.marks) == 30
        assert min(places(row)) >= LEFT
        assert max(places(row)) <= RIGHT


def test_too_many_people_share_the_last_row():
    rows = [signed(n, f"person {n}") for n in range(1, 301)]

    picture = picture_of(rows, 400)

    assert len(picture.rows) == MOST_ROWS
    assert picture.rows[-1].people == 300 - MOST_ROWS + 1
    assert sum(mark.count for row in picture.rows for mark in row.marks) == 300
    assert drawing_of(picture).rows[-1].name == "and 277 more people"


def test_exactly_as_many_people_as_rows_have_one_each():
    picture = picture_of([signed(n, f"person {n}") for n in range(1, MOST_ROWS + 1)], 400)

    assert [row.people for row in picture.rows] == [1] * MOST_ROWS


def test_signatures_at_one_state_of_the_ledger_are_one_mark():
    (mark,) = picture_of([signed(16), signed(16, digest="other", act="return")], 25).rows[0].marks

    assert (mark.count, mark.holds, mark.is_gone) == (2, True, False)


@pytest.mark.parametrize(
    ("fields", "drawn"),
    [
        ({}, ("key", "signed", "signed", False)),
        ({"kind": SERVER}, ("server", "signed", "signed", False)),
        ({"kind": RECORDED}, ("recorded", "signed", "signed", False)),
        ({"kind": "", "holds": False}, ("unknown", "not_done", "not_done", False)),
        ({"act": "vote", "vote": "go"}, ("key", "approved", "approved", False)),
        ({"act": "vote", "vote": "no_go"}, ("key", "no-go", "no-go", False)),
        ({"act": "return"}, ("key", "returned", "returned", False)),
        ({"act": "accept"}, ("key", "accepted", "accepted", False)),
        ({"act": "withdraw"}, ("key", "cancelled", "cancelled", False)),
        ({"act": "set_aside"}, ("key", "cancelled", "cancelled", False)),
        ({"act": "dance"}, ("key", "question", "question", False)),
        ({"act": "vote", "vote": "maybe"}, ("key", "question", "question", False)),
        ({"taken_back": "2026-11-24T11:00:00Z"}, ("key", "signed", "signed", True)),
    ],
)
def test_a_mark_says_by_its_shape_how_it_is_proved_and_by_its_icon_what_was_done(fields, drawn):
    drawing = drawing_of(picture_of([signed(16, **fields)], 25))

    (mark,) = drawing.rows[0].marks
    assert (mark.shape, mark.state, mark.icon, mark.is_gone) == drawn
    assert drawing.has_gone == mark.is_gone
    assert drawing.has_broken == (not fields.get("holds", True))
    assert [shape for shape, _words in drawing.legend] == [mark.shape]


def test_pointed_at_a_mark_says_all_of_it():
    rows = [
        signed(16, slot="Security", taken_back="2026-11-24T11:00:00Z"),
        signed(17, holds=False, at="no time"),
    ]

    first, second = drawing_of(picture_of(rows, 25)).rows[0].marks

    assert first.told == (
        "Ann, Signed, Security, 24 Nov 2026, 10:16:00, own key, Taken back 24 Nov 2026, 11:00:00"
    )
    assert second.told == "Ann, Signed, no time, own key, a check of it does not hold"


def test_several_at_one_place_say_how_many_did_what():
    rows = [signed(16), signed(16, digest="b"), signed(16, digest="c", act="withdraw", holds=False)]

    (mark,) = drawing_of(picture_of(rows, 25)).rows[0].marks

    assert (mark.count, mark.shape, mark.state) == (3, "several", "not_done")
    assert mark.told.startswith("3 signatures: 2 Signed, 1 Withdrew a signature;")


@pytest.mark.parametrize(
    ("name", "authority", "shown"),
    [
        ("Ann", "CISO", ("Ann", "CISO")),
        ("x" * 20, "A very long authority", ("x" * 20, "A very long…")),
        ("x" * 100, "CISO", (f"{'x' * 25}…", "")),
        ("", "", ("Signer not known", "")),
    ],
)
def test_names_are_short_enough_for_a_phone(name, authority, shown):
    row = drawing_of(picture_of([signed(16, name=name, authority=authority)], 25)).rows[0]

    assert (row.name, row.capacity) == shown


def test_the_picture_is_told_in_a_sentence():
    told = drawing_of(picture_of([signed(16), signed(17, "bob")], 25)).told

    assert told.startswith(
        "2 signatures by 2 people, from left to right in the order of the ledger"
    )
    assert "checkpoint at 25 entries" in told
