"""docs/verification.md says how to check one signature with openssl and jq alone: done here as it stands there."""

import re
import subprocess
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
EVIDENCE = ROOT / "tests" / "data" / "evidence-v1.zip"
BLOCK = re.compile(r"## One signature by hand.*?```\n(.*?)```", re.DOTALL)


def signed_by_key():
    """The digest of the statement that somebody's own key signed."""
    with zipfile.ZipFile(EVIDENCE) as archive:
        names = [name for name in archive.namelist() if name.startswith("proofs/")]
        return next(Path(name).stem for name in names if b"passkey" in archive.read(name))


def by_hand(folder, *, spoil=""):
    """Run the commands in a folder with the bundle; `spoil` changes something after it is unpacked."""
    (folder / "evidence.zip").write_bytes(EVIDENCE.read_bytes())
    commands = BLOCK.search((ROOT / "docs" / "verification.md").read_text())[1]
    commands = commands.replace("cd e\n", f"cd e\n{spoil}\n", 1)
    script = f"S={signed_by_key()}\n{commands}"
    done = subprocess.run(
        ["bash", "-c", script],  # noqa: S607 - whichever there is
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.split("\n")


def test_openssl_and_jq_agree(tmp_path):
    verdict, computed, signed, key, *_ = by_hand(tmp_path)

    assert verdict == "Verified OK"
    assert computed == signed
    assert key in (ROOT / "tests" / "data" / "trust-v1.json").read_text()


@pytest.mark.parametrize(
    ("spoil", "at"),
    [
        ("sed -i 's/Looked/looked/' statements/$S.json", "challenge"),
        (
            "jq '.signature |= (.[0:20] + \"AAAA\" + .[24:])' proofs/$S.json > x && mv x proofs/$S.json",
            "signature",
        ),
    ],
)
def test_openssl_and_jq_see_what_was_changed(tmp_path, spoil, at):
    verdict, computed, signed, *_ = by_hand(tmp_path, spoil=spoil)

    assert (verdict == "Verified OK") == (at != "signature")
    assert (computed == signed) == (at != "challenge")
