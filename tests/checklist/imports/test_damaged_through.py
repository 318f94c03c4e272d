"""A damaged file on its whole way, up to a launch: it is refused with sentences, or all of it is there."""

import json
from random import Random

import pytest
from django.core.exceptions import ValidationError

from checklist.actions.bringing import start_brought
from checklist.imports.files import NotRead, read_file
from checklist.imports.template import Names
from checklist.imports.wire import packed, unpacked
from checklist.models import Launch, Upload
from tests.checklist.imports.test_hostile import WHOLE
from tests.factories.bringing import make_upload
from tests.factories.people import make_manager, make_team

pytestmark = pytest.mark.django_db
PIECES = (
    *(b"", b"|", b"[ ]", b"\n", b"- ", b"\xff", b"\x00", b'"', b"{", b"*", b"#", b"&", b"\\ud800"),
    *("\u202e".encode(), "\u200b".encode(), "✅".encode(), b"x" * 600, b"Sign-off: ", b"Owner: "),
)
TURNS = 25
LONG = json.dumps({"sections": [{"title": "A", "items": [{"text": "x" * 400, "status": "done"}]}]})
FILES = WHOLE | {"a.json": LONG.encode()}  # a damaged bracket makes it none: most of it is words


def damaged(content, seed):
    chance = Random(seed)  # noqa: S311 - no secret
    content = bytearray(content)
    for _turn in range(chance.randint(1, 8)):
        place = chance.randrange(len(content))
        content[place : place + chance.randint(0, 9)] = chance.choice(PIECES)
    return bytes(content)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_refused_or_is_all_there(name):
    manager, team = make_manager(), make_team()
    about = {"name": "L", "version": "1", "environment": "e", "owner_team": team}
    outcomes = set()

    for seed in range(TURNS):
        content = damaged(FILES[name], seed)
        try:
            draft = unpacked(json.loads(json.dumps(packed(read_file(name, content)))))
        except NotRead:
            continue
        names, upload = Names.known(), make_upload(manager, content, name)
        names.meet(draft)
        names.unasked |= names.unknown_authorities.keys()
        items, before = len(list(draft.items)), Launch.objects.count()
        try:
            launch = start_brought(upload, draft, by=manager, names=names, **about)
        except ValidationError:
            assert (Launch.objects.count(), Upload.objects.count()) == (before, 1)
            upload.delete()
            outcomes.add("refused")
        else:
            assert launch.items.count() == items
            outcomes.add("started")

    assert "started" in outcomes
