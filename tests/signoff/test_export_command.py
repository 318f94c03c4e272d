"""manage.py export_checklist writes a launch to a file or to the terminal, and says why where it cannot."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories.launches import make_launch

pytestmark = pytest.mark.django_db


def run(*args):
    out = StringIO()
    call_command("export_checklist", *args, stdout=out)
    return out.getvalue()


def refusal(*args):
    with pytest.raises(CommandError) as refused:
        run(*args)
    return str(refused.value), refused.value.returncode


def test_it_writes_to_the_terminal():
    launch = make_launch({"items": ("Prüfung ✅",)})

    assert "| 1.1 | Prüfung ✅ | [ ] |  |\n" in run(launch.slug)


def test_it_writes_over_a_file(tmp_path):
    launch = make_launch({"items": ("Prüfung ✅",)})
    file = tmp_path / "out.md"
    file.write_text("x" * 100_000)

    assert run(launch.slug, "--format", "md", "-o", str(file)) == ""

    assert file.read_text(encoding="utf-8").startswith(f"# {launch.name} - ")
    assert "Prüfung ✅" in file.read_text(encoding="utf-8")


def test_it_needs_no_role_to_write_a_restricted_launch():
    launch = make_launch(classification="restricted")

    assert run(launch.slug).startswith("# ")


def test_an_unknown_launch_is_refused():
    assert refusal("no-such") == ("There is no launch with the short name “no-such”.", 1)


@pytest.mark.parametrize("extension", ["csv", "xlsx", "json", "MD", ""])
def test_another_format_is_refused(extension):
    said = f"“{extension}” is no format that can be written. There is: md."

    assert refusal(make_launch().slug, f"--format={extension}") == (said, 1)


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    assert refusal(make_launch().slug, "-o", str(tmp_path)) == (
        f"{tmp_path} could not be written: Is a directory.",
        1,
    )
