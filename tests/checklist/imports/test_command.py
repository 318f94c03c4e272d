"""manage.py import_checklist."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from checklist.models import Launch, TemplateVersion, Upload
from tests.factories.people import make_manager, make_team, make_user

pytestmark = pytest.mark.django_db

TEXT = "# Mine\n\n## Part\n\n**Sign-off:** CTO\n\n- [x] A\n- [ ] B\n- ❌ C\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.md"
    path.write_text(TEXT)
    return path


def run(*args, **options):
    """Its status, and what it wrote and said."""
    out, err, status = StringIO(), StringIO(), 0
    try:
        call_command("import_checklist", *args, stdout=out, stderr=err, **options)
    except SystemExit as ended:
        status = ended.code
    return status, out.getvalue(), err.getvalue()


def test_a_dry_run_says_what_is_understood_and_stores_nothing(file):
    status, out, _err = run(file, "--dry-run")

    assert status == 0
    assert "“Mine”, markdown" in out
    assert "1 sections, 3 items (1 done, 1 not done, 1 not set), 1 places to sign" in out
    assert not TemplateVersion.objects.exists()


def test_a_dry_run_as_json_is_a_document_a_file(file, tmp_path):
    (tmp_path / "other.csv").write_text("Item,Status\nX,N/A\n")

    status, out, _err = run(tmp_path, "--dry-run", "--json")

    first, second = map(json.loads, out.splitlines())
    assert status == 0
    assert {
        k: first[k]
        for k in ("format", "title", "sections", "items", "done", "not_done", "unset", "slots")
    } == {
        "format": "markdown",
        "title": "Mine",
        "sections": 1,
        "items": 3,
        "done": 1,
        "not_done": 1,
        "unset": 1,
        "slots": 1,
    }
    assert (first["attention"], first["na"], first["warnings"]) == (0, 0, [])
    assert [item["text"] for item in first["tree"][0]["items"]] == ["A", "B", "C"]
    assert (second["format"], second["na"]) == ("csv", 1)


def test_a_template_is_made_and_what_is_left_out_is_said(file):
    status, _out, err = run(file)

    assert (status, TemplateVersion.objects.get().slug) == (0, "mine")
    assert "manage.py publish_template mine" in err
    assert "There is no team or authority called “CTO”: left out." in err


def test_a_launch_is_started_that_stands_as_the_file_says(file):
    manager, team = make_manager(), make_team()
    who = {"kind": "launch", "by": manager.email, "team": team.slug}

    status, _out, err = run(file, launch_version="2.1", environment="staging", **who)

    launch = Launch.objects.get()
    assert (status, launch.version, launch.environment) == (0, "2.1", "staging")
    assert (launch.created_by, launch.owner_team) == (manager, team)
    assert [item.status for item in launch.items.order_by("position")] == [
        "done",
        "unset",
        "not_done",
    ]
    assert f"Mine 2.1 is started: {launch.get_absolute_url()}" in err
    assert not launch.slots.exists()
    assert "called “CTO”: left out." in err


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ({}, "Say who starts the launch"),
        ({"by": "nobody@example.org", "team": "x"}, "Say who starts the launch"),
        ({"by": "member", "team": "team"}, "Your role may not"),
    ],
)
def test_a_launch_is_started_by_somebody_who_may_and_else_nothing_is_kept(file, who, sentence):
    known = {"member": make_user().email, "team": make_team().slug}
    who = {key: known.get(value, value) for key, value in who.items()}

    with pytest.raises(CommandError, match=sentence):
        run(file, kind="launch", **who)

    for kind in (Launch, TemplateVersion, Upload):
        assert not kind.objects.exists()


def test_what_is_no_checklist_ends_with_2_and_says_what_was_looked_for(file, tmp_path):
    (tmp_path / "a.md").write_text("# Words\n\nOnly words.\n")

    status, out, err = run(tmp_path, "--dry-run", "--json")

    assert status == 2
    assert (
        "a.md: no checklist was recognised. What was looked for: lines that begin with a box" in err
    )
    assert [json.loads(line)["items"] for line in out.splitlines()] == [0, 3]


@pytest.mark.parametrize("name", ["gone.md", "."])
def test_what_is_not_there_is_said(tmp_path, name):
    with pytest.raises(CommandError) as refused:
        run(tmp_path / name)

    assert refused.value.returncode == 2


def test_a_bar_is_shown_to_who_looks_on(file, tmp_path):
    (tmp_path / "b.md").write_text(TEXT)
    err = StringIO()
    err.isatty = lambda: True

    call_command("import_checklist", tmp_path, "--dry-run", stdout=StringIO(), stderr=err)

    assert "1/2 b.md" in err.getvalue()
    assert "██████ 2/2 mine.md" in err.getvalue()
