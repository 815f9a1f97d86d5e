"""An evidence bundle holds by itself; what somebody altered in it, however cleverly, is named."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.agreement.conftest import DEPARTMENTS
from tests.publishing.conftest import approve, sign_off

from penholder.agreement import disclosures, editorials, tallies
from penholder.agreement.models import Carry, Rule
from penholder.agreement.rules import AskFor
from penholder.drafting import sealed_texts
from penholder.errors import Refused
from penholder.publishing import bundles, checking, editions, evidence, replaying
from penholder.record import chain, checkpoints, ledger
from penholder.record.signatures import statement
from penholder.seal import manifest_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def bundle(published, office, settings, tmp_path):
    settings.PENHOLDER_CACHE = tmp_path / "cache"
    return partial(made, published, office, tmp_path)


def made(edition, office, tmp_path):
    """The bundle of an edition, after the record was signed."""
    checkpoints.sign(key=checkpoints.key_at(tmp_path / "key"), at=office.later())
    found = plans([edition])
    return bundles.made(found[edition.pk], sealed_texts.read(edition.iteration))


def plans(rows):
    return bundles.plans(rows, disclosures.of_seals({row.iteration.seal for row in rows}))


def contents(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path, files, *, listed=True):
    """The bundle with other files; `listed` brings its manifest in line, as somebody who cheats would."""
    if listed:
        told = json.loads(files[evidence.MANIFEST])
        told["files"] = {
            name: {"sha256": sha256(body).hexdigest(), "size": len(body)}
            for name, body in files.items()
            if name != evidence.MANIFEST
        }
        files = {**files, evidence.MANIFEST: manifest_bytes(told)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return path


def rechained(files, key):
    """The record chained anew over entries that were altered, and signed anew with `key`."""
    told = json.loads(files[evidence.MANIFEST])["record"]
    previous, lines = told["previous"], []
    for line in map(json.loads, files[evidence.RECORD].splitlines()):
        digest = line.get("digest") or chain.sha256(chain.spelled(line["entry"]))
        previous = chain.chained(previous, digest)
        lines.append(chain.spelled({**line, "hash": previous} if "entry" in line else line))
    end = json.loads(files[evidence.CHECKPOINTS])[-1]
    signed = statement(number=end["number"], hash=previous, at=end["at"])
    end |= {"hash": previous, "key": key.public_key().public_bytes_raw().hex(), "signature": key.sign(signed).hex()}
    record = "".join(f"{line}\n" for line in lines).encode()
    return {**files, evidence.RECORD: record, evidence.CHECKPOINTS: manifest_bytes([end])}


def altered(files, act, **facts):
    """The record with the facts of the first entry of this act changed."""
    lines = [json.loads(line) for line in files[evidence.RECORD].splitlines()]
    entry = next(line["entry"] for line in lines if line.get("entry", {}).get("act") == act)
    entry["facts"] = chain.facts_text(json.loads(entry["facts"]) | facts)
    return {**files, evidence.RECORD: "".join(f"{chain.spelled(line)}\n" for line in lines).encode()}


def broken(path, **more):
    return {one.where: one.what for one in checking.check(path, **more).broken}


def found_in(path):
    """Everything that is said against a bundle, broken or refused, in one text: what is no JSON cannot be read on."""
    try:
        return " ".join(f"{one.where} {one.what}" for one in checking.check(path).broken)
    except Refused as refusal:
        return str(refusal)


def test_a_bundle_holds_and_says_how_the_text_was_agreed(bundle, published):
    checked = checking.check(bundle())
    assert checked.broken == []
    assert (checked.document, checked.edition, checked.seal) == ("strategy", 1, published.iteration.seal)
    assert [step.rpartition(",")[0] for step in checked.steps] == [
        "sign-off: 3 asked, 3 answered",
        "approval: 1 asked, 1 answered",
    ]
    assert checked.sections == 3


def test_no_name_and_no_reason_is_in_a_bundle_but_why_it_was_published(bundle, office):
    everything = b"\n".join(contents(bundle()).values())
    for name in office.people:
        assert f'"{name.title()}"'.encode() not in everything
    assert b"It is agreed." in everything
    lines = [json.loads(line) for line in contents(bundle())[evidence.RECORD].splitlines()]
    assert {line["entry"]["act"] for line in lines if "entry" in line} == {
        "iteration.sealed",
        "round.opened",
        "answer.given",
        "round.cleared",
        "edition.published",
    }
    assert [line for line in lines if "digest" in line], "looks at the text are in the record and not shown"


def test_the_same_bundle_is_made_twice_byte_for_byte(bundle, settings, tmp_path):
    one = bundle()
    settings.PENHOLDER_CACHE = tmp_path / "another"
    assert bundle().read_bytes() == one.read_bytes()


def test_a_bundle_is_made_once_and_stays_when_the_record_grows(bundle, office, published, django_assert_num_queries):
    first = bundle()
    written = first.stat().st_mtime_ns
    ledger.append("round.asked", actor="Somebody", subject="another", at=office.later())
    assert bundle() == first
    assert first.stat().st_mtime_ns == written
    plan = plans([published])[published.pk]
    with django_assert_num_queries(0):
        bundles.made(plan, sealed_texts.SealedText(()))


def test_what_is_not_signed_yet_has_no_bundle(published):
    assert plans([published]) == {}


def test_a_later_edition_begins_at_a_checkpoint(bundle, office, tmp_path):
    bundle()
    newer = office.seal(vision="# Vision\n\nServices so good that people choose them.\n")
    sign_off(office, newer)
    approve(office, newer)
    edition = editions.publish(iteration=newer, by=office.acting("pen"), at=office.later(), reason="Clearer.")
    path = made(edition, office, tmp_path)
    checked = checking.check(path)
    assert (checked.broken, checked.checkpoints) == ([], 2)
    files = contents(path)
    assert json.loads(files[evidence.MANIFEST])["record"]["first"] > 1
    start, end = json.loads(files[evidence.CHECKPOINTS])
    start["hash"] = "0" * 64
    forged = rewritten(tmp_path / "x.zip", {**files, evidence.CHECKPOINTS: manifest_bytes([start, end])})
    assert "no signed checkpoint fits" in " ".join(broken(forged).values())


def test_a_signature_that_was_carried_over_brings_the_entry_by_which_it_was_given(office, settings, tmp_path):
    settings.PENHOLDER_CACHE = tmp_path / "cache"
    first = office.seal()
    office.open(first, AskFor(office.posts["treasury"], ["vision"]), "health", "home")
    for department in DEPARTMENTS:
        office.give(department)
    newer = office.seal(skills="# Skills\n\nEvery department has the skills that it needs.\n")
    office.renew(newer)
    for department in ("health", "home"):
        office.give(department)
    office.clear()
    approve(office, newer)
    edition = editions.publish(iteration=newer, by=office.acting("pen"), at=office.later())
    path = made(edition, office, tmp_path)
    checked = checking.check(path)
    assert checked.broken == []
    assert "1 carried over" in checked.steps[0]
    key = Ed25519PrivateKey.generate()
    files = altered(contents(path), "answer.given", sections=[["vision", "0" * 64]])
    said = " ".join(broken(rewritten(tmp_path / "x.zip", rechained(files, key))).values())
    assert "treasury-leader never signed what its signature was carried over from" in said


def test_a_signature_carried_over_an_editorial_change_brings_the_judgement(office, settings, tmp_path):
    settings.PENHOLDER_CACHE = tmp_path / "cache"
    office.open(office.seal(), carry=Carry.EDITORIAL)
    for department in DEPARTMENTS:
        office.give(department)
    newer = office.seal(skills="# Skills\n\nEvery department has the skills it  needs!\n")
    by = office.acting("pen")
    editorials.judge(iteration=newer, section="skills", by=by, at=office.later(), reason="A sign.")
    office.renew(newer)
    for department in DEPARTMENTS:
        office.look(department)
    office.clear()
    approve(office, newer)
    edition = editions.publish(iteration=newer, by=by, at=office.later())
    checked = checking.check(made(edition, office, tmp_path))
    assert checked.broken == []
    assert "3 carried over" in checked.steps[0]


@pytest.mark.parametrize(
    "name", [evidence.README, evidence.RECORD, evidence.CHECKPOINTS, evidence.PUBLISHED, evidence.SEALED]
)
def test_a_file_that_was_altered_is_named(bundle, tmp_path, name):
    files = contents(bundle())
    body = bytearray(files[name])
    body[len(body) // 2] ^= 1
    assert name in found_in(rewritten(tmp_path / "x.zip", {**files, name: bytes(body)}, listed=False))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_altering_any_byte_of_any_file_is_noticed(bundle, tmp_path, data):
    files = contents(bundle())
    name = data.draw(st.sampled_from(sorted(files)))
    at = data.draw(st.integers(0, len(files[name]) - 1))
    body = bytearray(files[name])
    body[at] ^= data.draw(st.integers(1, 255))
    assert found_in(rewritten(tmp_path / "x.zip", {**files, name: bytes(body)}, listed=False))


@pytest.mark.parametrize(
    ("name", "change", "where"),
    [
        (evidence.PUBLISHED, lambda body: body.replace(b"good", b"fine"), evidence.PUBLISHED),
        (evidence.section_name(1), lambda body: body.replace(b"good", b"fine"), evidence.section_name(1)),
        (evidence.SEALED, lambda body: body.replace(b"Vision", b"Wishes"), evidence.SEALED),
        (evidence.RECORD, lambda body: body.replace(b'\\"content\\"', b'\\"nil\\"', 1), "record:"),
        (evidence.RECORD, lambda body: b"".join(body.splitlines(keepends=True)[:-1]), "record:"),
        (evidence.RECORD, lambda body: b"".join(body.splitlines(keepends=True)[1:]), "record:"),
        (evidence.RECORD, lambda body: body.replace(b"It is agreed.", b"It is settled"), "record:"),
    ],
)
def test_what_was_altered_is_named_although_the_manifest_was_altered_with_it(bundle, tmp_path, name, change, where):
    files = contents(bundle())
    found = broken(rewritten(tmp_path / "x.zip", {**files, name: change(files[name])}))
    assert [one for one in found if one.startswith(where)], found


@pytest.mark.parametrize(
    ("act", "facts", "said"),
    [
        ("answer.given", {"stance": "not-content"}, "was cleared while these objected: treasury-leader"),
        ("answer.given", {"stance": "advice"}, "was cleared when 2 agreed and 3 had to"),
        ("answer.given", {"post": "nobody"}, "nobody answered in strategy-1-sign-off and was not asked"),
        ("answer.given", {"sections": [["vision", "0" * 64]]}, "signed another text of “vision”"),
        ("answer.given", {"how": "deemed"}, "the silence of treasury-leader was taken for consent"),
        ("answer.given", {"how": "carried", "from_seal": "1" * 64}, "never signed what its signature was carried"),
        ("edition.published", {"edition": 2}, "publishes another edition"),
        ("edition.published", {"agreed_elsewhere": True}, "whether the text was agreed here"),
        ("edition.published", {"steps": ["feedback"]}, "published before its feedback was cleared"),
    ],
)
def test_a_past_written_anew_breaks_the_rules_or_has_another_key(bundle, tmp_path, act, facts, said):
    true = bundle()
    key = Ed25519PrivateKey.generate()
    forged = rewritten(tmp_path / "x.zip", rechained(altered(contents(true), act, **facts), key))
    assert said in found_in(forged)
    known = checking.check(true).keys[0]
    assert evidence.CHECKPOINTS in broken(forged, key=known)
    assert broken(true, key=known) == {}


def zip_of(path, files, **more):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files:
            archive.writestr(name, body)
    return path


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("manifest.json", "{}"), ("record.ndjson", "")], "does not say “penholder-evidence-1”"),
        ([("manifest.json", "["), ("record.ndjson", "")], "is not JSON"),
        ([("manifest.json", "[" * 100_000)], "is not JSON"),
        ([("a", "1"), ("a", "2")], "two files of one name"),
        ([("../../etc/passwd", "x")], "no name of a file in it"),
        ([("/etc/passwd", "x")], "no name of a file in it"),
        ([("a/", "")], "no name of a file in it"),
        ([(f"{number}", "") for number in range(5001)], "at most 5000 are read"),
        ([("manifest.json", b"0" * 60_000_000)], "too many to read"),
        ([("manifest.json", '{"format":"penholder-evidence-1"}')], "not put together"),
        ([("other", "x")], "holds no manifest.json"),
    ],
)
def test_a_hostile_zip_is_refused_in_words(tmp_path, files, said):
    with pytest.raises(Refused, match=said):
        checking.check(zip_of(tmp_path / "x.zip", files))


def test_a_torn_bundle_is_refused_in_words(bundle, tmp_path):
    whole = bundle().read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        torn = tmp_path / "torn.zip"
        torn.write_bytes(whole[:length])
        with pytest.raises(Refused, match="no evidence bundle"):
            checking.check(torn)


def test_the_rules_of_a_bundle_are_those_of_the_rounds():
    for rule in Rule:
        for asked in range(6):
            assert replaying.needed(rule, 2, asked) == tallies.needed(rule, 2, asked)
    assert replaying.OBJECTS == tallies.OBJECTS
    assert replaying.AGREES - {"content-if"} == tallies.AGREES


def test_the_command_needs_no_instance_for_a_bundle(bundle, tmp_path):
    path = bundle()
    found = subprocess.run(
        [Path(sys.executable).with_name("penholder"), "verify", str(path), "--json"],
        env={"PENHOLDER_HOME": str(tmp_path / "nowhere"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["holds"] is True
    assert not (tmp_path / "nowhere").exists()
