"""verify.py against a bundle that was made once, and what may be done to its bytes. Imports nothing else of ours."""

import importlib.util
import json
import struct
import sys
import zipfile
from base64 import b64decode, b64encode
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HERE = Path(__file__).resolve().parent
DATA = HERE.parent.parent / "tests" / "data"
EVIDENCE = (DATA / "evidence-v1.zip").read_bytes()
TRUST = json.loads((DATA / "trust-v1.json").read_bytes())
EARLY = (DATA / "checkpoint-v1.txt").read_bytes()

spec = importlib.util.spec_from_file_location("verify_alone", HERE / "verify.py")
verifier = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = verifier
spec.loader.exec_module(verifier)


def unzipped():
    with zipfile.ZipFile(BytesIO(EVIDENCE)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def checked(files, trust=None, kept=None):
    return verifier.verify(zipped(files), json.dumps(trust or TRUST).encode(), kept)


def status(files, trust=None, kept=None):
    return checked(files, trust, kept).status


@pytest.fixture
def files():
    return unzipped()


@pytest.fixture
def by_key(files):
    """The name of the statement that a person's own key signed."""
    return next(
        name.removeprefix("proofs/").removesuffix(".json")
        for name, content in files.items()
        if name.startswith("proofs/") and json.loads(content)["kind"] == "passkey"
    )


def edit(files, name, change):
    value = json.loads(files[name])
    change(value)
    files[name] = json.dumps(value).encode()


def soft_key():
    """A key of the attacker's own, and how it is written."""
    private = ec.generate_private_key(ec.SECP256R1())
    spki = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return private, spki


def resigned(proof, **said):
    """The same proof signed anew by another key, with other things said in it."""
    private, spki = soft_key()
    client = json.loads(b64decode(proof["client_data_json"])) | said
    raw = json.dumps(client, separators=(",", ":")).encode()
    data = b64decode(proof["authenticator_data"])
    signature = private.sign(data + sha256(raw).digest(), ec.ECDSA(SHA256()))
    return proof | {
        "public_key": b64encode(spki).decode(),
        "client_data_json": b64encode(raw).decode(),
        "signature": b64encode(signature).decode(),
    }


def test_the_kept_bundle_holds(files):
    report = checked(files, kept=EARLY)

    assert report.status == 0, [line for line in report.lines if line.outcome != "holds"]
    assert {line.outcome for line in report.lines} == {"holds", "note"}


@pytest.mark.parametrize("name", sorted(unzipped()))
def test_a_file_that_is_changed_by_a_byte_is_found(files, name):
    if name == "VERIFY.txt":
        return
    for place in {len(files[name]) // 3, len(files[name]) // 2, len(files[name]) - 3}:
        raw = bytearray(files[name])
        raw[place] ^= 1
        changed = checked(files | {name: bytes(raw)})
        harmless = name == "manifest.json" or json_same(files[name], bytes(raw))
        assert changed.status != 0 or harmless, (name, place)


def json_same(one, other):
    try:
        return json.loads(one) == json.loads(other)
    except ValueError:
        return False


@pytest.mark.parametrize("name", sorted(unzipped()))
def test_a_file_that_is_gone_is_missed(files, name):
    del files[name]

    found = status(files)
    assert found == (0 if name == "VERIFY.txt" else 2) or (
        found == 1 and name.startswith("leaves/")
    )


def test_an_entry_that_is_gone_is_missed(files):
    name = next(name for name in files if name.startswith("leaves/") and name != "leaves/0.json")
    del files[name]

    assert status(files) in {1, 2}


@pytest.mark.parametrize("folder", ["statements", "snapshots", "leaves"])
def test_what_was_signed_is_changed_with_its_own_digest(files, folder):
    """Changed, and filed under the digest that it has now: whatever names it still names the old one."""
    for name in [name for name in files if name.startswith(f"{folder}/")]:
        value = json.loads(files[name])
        if folder == "leaves":
            value["at"] = "2001-01-01T00:00:00.000000Z"
        else:
            value["added"] = "later"
        raw = rfc8785.dumps(value)
        own = name if folder == "leaves" else f"{folder}/{sha256(raw).hexdigest()}.json"
        others = {other: content for other, content in files.items() if other != name}
        assert status(others | {own: raw}) in {1, 2}, name


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b'","', b'" ,"', 1),
        lambda raw: b" " + raw,
        lambda raw: raw[:-1] + b',"nonce":"00"}',
        lambda raw: raw[:-1] + b',"half":0.5}',
        lambda raw: raw[:-1] + b',"more":9007199254740992}',
    ],
)
def test_a_statement_in_another_notation_is_refused(files, by_key, change):
    raw = change(files.pop(f"statements/{by_key}.json"))
    files[f"statements/{sha256(raw).hexdigest()}.json"] = raw

    assert status(files) == 1


class TestAKeysAnswer:
    """What a passkey signed, and what somebody may make of it."""

    def refused(self, files, told):
        report = checked(files)
        assert report.status == 1
        assert any(told in line.told for line in report.lines if line.outcome == "altered"), (
            report.lines
        )

    @pytest.mark.parametrize(
        ("said", "told"),
        [
            ({"type": "webauthn.create"}, "not asked to sign"),
            ({"challenge": "AAAA"}, "another statement"),
            ({"crossOrigin": True}, "somebody else"),
            ({"topOrigin": "https://evil.example"}, "somebody else"),
            ({"origin": "https://evil.example"}, "another site"),
            ({"origin": "http://testserver"}, "another site"),
            ({"origin": "https://eviltestserver"}, "another site"),
        ],
    )
    def test_it_was_given_to_something_else(self, files, by_key, said, told):
        proof = resigned(json.loads(files[f"proofs/{by_key}.json"]), **said)
        found = verifier.Verification(
            verifier.Bundle(files), verifier.Trust(TRUST), verifier.Report()
        )

        with pytest.raises(verifier.Altered, match=told):
            found.by_key(proof, files[f"statements/{by_key}.json"])

    def test_its_bits_were_forged(self, files, by_key):
        def forge(proof):
            data = bytearray(b64decode(proof["authenticator_data"]))
            data[32] ^= 0x04
            proof["authenticator_data"] = b64encode(bytes(data)).decode()

        edit(files, f"proofs/{by_key}.json", forge)
        self.refused(files, "did not make sure who was there")

    def test_it_is_for_another_host(self, files, by_key):
        edit(files, f"proofs/{by_key}.json", lambda proof: proof.update(rp_id="evil.example"))
        self.refused(files, "the trust file does not name")

    def test_its_client_data_is_written_anew(self, files, by_key):
        def rewrite(proof):
            said = json.loads(b64decode(proof["client_data_json"]))
            proof["client_data_json"] = b64encode(json.dumps(said, indent=1).encode()).decode()

        edit(files, f"proofs/{by_key}.json", rewrite)
        self.refused(files, "does not fit")

    def test_another_key_signed(self, files, by_key):
        name = f"proofs/{by_key}.json"
        files[name] = json.dumps(resigned(json.loads(files[name]))).encode()

        self.refused(files, "The ledger tells of another proof")

    def test_the_trust_file_gives_the_key_to_somebody_else(self, files, by_key):
        row = TRUST["credentials"][0] | {"person": "00000000-0000-4000-8000-000000000000"}
        assert status(files, TRUST | {"credentials": [row]}) == 1
        assert status(files, TRUST | {"credentials": []}) == 1

    def test_it_is_called_the_servers(self, files, by_key):
        edit(files, f"proofs/{by_key}.json", lambda proof: proof.update(kind="server"))
        self.refused(files, "The ledger tells of another proof")


class TestTheLedger:
    def test_another_logs_checkpoint(self, files):
        private = Ed25519PrivateKey.generate()
        text, _, _ = files["log/checkpoint.txt"].decode().rpartition("\n\n")
        raw = private.public_key().public_bytes_raw()
        name = text.split("\n")[0]
        identity = sha256(name.encode() + b"\n\x01" + raw).digest()[:4]
        line = b64encode(identity + private.sign(f"{text}\n".encode())).decode()
        files["log/checkpoint.txt"] = f"{text}\n\n\u2014 {name} {line}\n".encode()

        assert status(files) == 1

    @pytest.mark.parametrize("field", ["log_keys", "server_keys", "rp_ids", "credentials"])
    def test_a_trust_file_that_names_nobody_lets_nothing_hold(self, files, field):
        assert status(files, TRUST | {field: []}) in {1, 2}

    def test_another_installation(self, files):
        assert status(files, TRUST | {"instance": "0" * 64}) == 1

    @pytest.mark.parametrize("name", ["log/inclusion.json", "log/consistency.json"])
    @pytest.mark.parametrize(
        "change",
        [lambda path: path.append("00" * 32), lambda path: path.pop(), lambda path: path.reverse()],
    )
    def test_a_proof_that_is_longer_shorter_or_turned_round(self, files, name, change):
        def edit_paths(paths):
            for path in paths.values():
                if len(path) > 1:
                    change(path)

        edit(files, name, edit_paths)
        assert status(files) == 1

    def test_a_kept_checkpoint_of_another_ledger(self, files):
        other = EARLY.replace(b"\n1\n", b"\n2\n")
        assert status(files, kept=other) == 1
        assert status(files, kept=b"nonsense") == 1


@pytest.mark.parametrize("bundle", [b"", b"PK", b"nonsense", EVIDENCE[:-40], EVIDENCE[:200]])
def test_what_is_no_bundle_is_refused(bundle):
    assert verifier.verify(bundle, json.dumps(TRUST).encode()).status == 1


@pytest.mark.parametrize(
    "trust",
    [
        b"",
        b"[]",
        b"{}",
        b"{",
        b'{"type":"sentinel/trust/v1","log_keys":7}',
        b'{"type":"sentinel/trust/v1","log_keys":["x"]}',
    ],
)
def test_what_is_no_trust_file_is_refused(trust):
    assert verifier.verify(EVIDENCE, trust).status in {1, 2}


@pytest.mark.parametrize(
    "content",
    [b"", b"null", b"[]", b"7", b"{", b"\xff", b"[" * 100_000, b'{"a":1,"a":2}', b'{"type":null}'],
)
@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        "texts.json",
        "log/inclusion.json",
        "log/consistency.json",
        "log/checkpoint.txt",
        "leaves/0.json",
    ],
)
def test_a_hostile_file_is_a_line_and_no_crash(files, name, content):
    assert status(files | {name: content}) in {1, 2}


@pytest.mark.parametrize(
    "content",
    [
        b"null",
        b"[]",
        b'{"kind":"passkey"}',
        b'{"kind":"passkey","public_key":7}',
        b'{"kind":"server","public_key":""}',
    ],
)
def test_a_hostile_proof_is_a_line_and_no_crash(files, by_key, content):
    assert status(files | {f"proofs/{by_key}.json": content}) == 1


def test_a_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(verifier, "MAX_BYTES", 1000)
    assert verifier.verify(EVIDENCE, json.dumps(TRUST).encode()).status == 1


def packed(*members, method=zipfile.ZIP_DEFLATED):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def lying(raw, size):
    """A zip whose one file is said to have another size than it has."""
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        (info,) = archive.infolist()
    return raw.replace(struct.pack("<I", info.file_size), struct.pack("<I", size))


def locked(raw):
    """A zip that says of its one file, twice, that a password locks it."""
    place = raw.index(b"PK\x01\x02")
    raw = bytearray(raw)
    raw[6] |= 1
    raw[place + 8] |= 1
    return bytes(raw)


NOUGHT = packed(("manifest.json", b"0" * 5_000_000))
HOSTILE = {
    "packed too tightly": NOUGHT,
    "no zip file, or it is damaged": lying(NOUGHT, 1000),
    "not use": packed(("manifest.json", b"{}"), method=zipfile.ZIP_LZMA),
    "a password": locked(packed(("manifest.json", b"{}"))),
    "larger than any": packed(*((f"leaves/{n}.json", b"") for n in range(20_001))),
}


@pytest.mark.parametrize("told", HOSTILE)
def test_a_hostile_zip_is_refused_before_it_is_unpacked(told):
    report = verifier.verify(HOSTILE[told], json.dumps(TRUST).encode())

    (refused,) = [line.told for line in report.lines if line.outcome == "altered"]
    assert told in refused


@pytest.mark.parametrize(
    "name",
    ["../up.json", "/root.json", "leaves/../../x", "c:\\x", "a/b/c.json", ".hidden", "\x1b[2K"],
)
def test_a_name_that_leads_elsewhere_is_refused(files, name):
    assert status(files | {name: b"{}"}) == 1


def test_a_zip_in_the_zip_is_not_opened(files):
    assert status(files | {"texts.json": EVIDENCE}) == 1
    assert status(files | {"other.zip": EVIDENCE}) == 0


def test_whatever_byte_is_changed_the_answer_is_a_report():
    """Bytes of the zip itself: lengths, offsets, what is packed. zlib and zipfile raise more than BadZipFile."""
    chance = Random(1)  # noqa: S311 - not to be secret, but the same each time
    for _ in range(500):
        raw = bytearray(EVIDENCE)
        for _change in range(chance.choice([1, 1, 3])):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        assert verifier.verify(bytes(raw), json.dumps(TRUST).encode()).status in {0, 1, 2}


def test_a_value_of_the_wrong_form_spoils_no_other_check(files, by_key):
    """One signature's proof names no origin that could be read: the others are checked all the same."""
    held = [line for line in checked(files).lines if line.outcome == "holds"]

    edit(files, f"proofs/{by_key}.json", lambda proof: proof.update(public_key=[]))
    still = [line for line in checked(files).lines if line.outcome == "holds"]

    assert {line.signature for line in held} == {line.signature for line in still}


def test_what_is_shown_turns_no_terminal_round(files):
    """A text that a bundle brings is told without controls, turned directions and halves of letters."""
    edit(files, "texts.json", lambda texts: texts.update({"0": {"\x1b[2K\u202e\ud800": {}}}))

    told = "".join(line.told for line in checked(files).lines)
    assert not set(told) & set("\x1b\u202e\ud800")
    assert verifier.shown("a\x1b\u2066\ud800b") == "a\ufffd\ufffd\ufffdb"
    assert len(verifier.shown("x" * 10_000)) < 600


class TestSignatures:
    """What a report tells of each signature: as far as it was checked."""

    def test_they_are_told_with_what_was_checked(self, files, by_key):
        report = checked(files, kept=EARLY)
        found = {one.digest: one for one in report.signatures}

        assert (report.size, report.kept_size) == (25, 1)
        assert len(found) == 5
        assert all(one.holds for one in found.values())
        own = found[by_key]
        assert (own.act, own.name, own.authority, own.slot) == (
            "sign",
            "Zo\u00eb \u674e",
            "Authority 5",
            "Section 1 Sign-Off",
        )
        assert (own.launch, own.log_size, own.entry) == ("Launch 1 1.0", 16, 16)
        assert (own.kind, own.whose, own.taken_back) == (verifier.KEY, True, "")
        assert [one.kind for one in found.values()].count(verifier.SERVER) == 4
        assert [one.act for one in found.values() if one.taken_back] == ["sign"]

    def test_one_whose_content_was_changed_does_not_hold(self, files, by_key):
        digest = json.loads(files[f"statements/{by_key}.json"])["content"]["sha256"]
        report = checked(files | {f"snapshots/{digest}.json": b"{}"})

        broken = [one for one in report.signatures if not one.holds]
        assert [(one.digest, one.launch) for one in broken] == [(by_key, "")]

    @pytest.mark.parametrize("change", [b"", b"{}"])
    def test_one_whose_statement_was_changed_or_is_gone_is_what_the_ledger_tells(
        self, files, by_key, change
    ):
        name = f"statements/{by_key}.json"
        files.pop(name)
        report = checked(files | ({name: change} if change else {}))

        (broken,) = [one for one in report.signatures if not one.holds]
        assert (broken.digest, broken.act, broken.name, broken.entry) == (by_key, "sign", "", 16)

    def test_a_kept_checkpoint_that_does_not_fit_is_no_place(self, files):
        assert checked(files, kept=b"nonsense").kept_size is None


def test_what_was_left_out_on_purpose_is_not_seen_and_that_is_said(files):
    """A bundle names some entries of many. Whoever makes one without a withdrawal takes nothing that is missed."""
    back = next(
        name for name in files if name.startswith("statements/") and b'"withdraw"' in files[name]
    )
    digest = back.removeprefix("statements/").removesuffix(".json")
    entry = next(
        name for name in files if name.startswith("leaves/") and digest.encode() in files[name]
    )
    seq = entry.removeprefix("leaves/").removesuffix(".json")
    edit(files, "manifest.json", lambda manifest: manifest["signatures"].remove(digest))
    edit(files, "texts.json", lambda texts: texts.pop(seq))
    gone = {back, entry, f"proofs/{digest}.json"}

    report = checked({name: content for name, content in files.items() if name not in gone})

    assert report.status == 0
    assert [one for one in report.signatures if one.taken_back] == []
    assert "put every signature and withdrawal into it" in verifier.NOT_PROVED


def test_a_name_twice_is_refused(files):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("manifest.json", b"{}")

    assert verifier.verify(out.getvalue(), json.dumps(TRUST).encode()).status == 1


def test_the_command_says_it_in_words_and_in_json(tmp_path, capsys):
    paths = [str(DATA / "evidence-v1.zip"), "--trust", str(DATA / "trust-v1.json")]

    assert verifier.main([*paths, "--checkpoint", str(DATA / "checkpoint-v1.txt")]) == 0
    assert "EVERYTHING HOLDS." in capsys.readouterr().out
    assert verifier.main([*paths, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["outcome"] for line in lines} == {"holds", "note"}
    assert verifier.main([str(tmp_path / "nothing.zip"), *paths[1:]]) == 2
