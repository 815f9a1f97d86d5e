from __future__ import annotations

import io
import stat
import zipfile

import pytest

from penholder.errors import Refused
from penholder.formats import archive


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as writing:
        for name, data in entries:
            writing.writestr(name, data)
    return made.getvalue()


def test_files_come_out_without_the_folder_that_holds_them_all():
    tree = archive.load(zipped(("plan/strategy.toml", b"a"), ("plan/text/1.md", b"b")))
    assert dict(tree.files) == {"strategy.toml": b"a", "text/1.md": b"b"}


def test_their_date_is_the_newest_in_the_zip():
    old, new = zipfile.ZipInfo("a", (2012, 1, 1, 0, 0, 0)), zipfile.ZipInfo("b", (2012, 11, 6, 9, 30, 0))
    assert archive.load(zipped((old, b""), (new, b""))).changed_at.isoformat() == "2012-11-06T09:30:00+00:00"


def test_clutter_is_left_out_unless_all_is_wanted():
    data = zipped(("plan/a.md", b"x"), ("__MACOSX/plan/._a.md", b"x"), ("plan/.git/HEAD", b"x"))
    assert list(archive.load(data).files) == ["a.md"]
    assert len(archive.load(data, whole=True).files) == 3


def test_nested_zips_stay_closed():
    inner = zipped(("x", b"y"))
    assert archive.load(zipped(("a.md", b"x"), ("b.zip", inner))).files["b.zip"] == inner


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([("../evil", b"x")], "evil would be written outside"),
        ([("a/../../evil", b"x")], "would be written outside"),
        ([("/etc/passwd", b"x")], "passwd would be written outside"),
        ([("C:/windows", b"x")], "would be written outside"),
        ([(link("text/a.md"), b"/etc/passwd")], "text/a.md is a symbolic link"),
        ([("a.md", b"1"), ("A.md", b"2")], "A.md stands twice"),
        ([("bomb", b"\0" * 30_000_000)], "bomb would unfold to more than 200 times"),
    ],
)
def test_one_bad_entry_refuses_the_whole_zip(entries, message):
    with pytest.raises(Refused, match=message):
        archive.load(zipped(("fine.md", b"x"), *entries))


def test_a_backslash_in_a_name_is_refused():
    data = zipped(("aXb.md", b"x")).replace(b"aXb.md", b"a\\b.md")
    with pytest.raises(Refused, match="has a backslash"):
        archive.load(data)


def test_an_encrypted_entry_is_refused():
    data = bytearray(zipped(("a.md", b"x")))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    with pytest.raises(Refused, match=r"a\.md is encrypted"):
        archive.load(bytes(data))


def test_a_header_that_lies_about_the_size_is_refused():
    data = bytearray(zipped(("a.md", b"x" * 5000)))
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = (10).to_bytes(4, "little")
    with pytest.raises(Refused, match=r"a\.md"):
        archive.load(bytes(data))


def test_damage_is_refused_wherever_it_is():
    data = zipped(("é.md", bytes(range(256))), ("b.md", b"text " * 500))
    for at in range(len(data)):
        broken = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        try:
            archive.load(broken)
        except Refused as refused:
            assert refused.reasons  # noqa: PT017 - some damaged bytes (dates, say) leave a zip that can be read
    for end in range(0, len(data) - 22, 11):
        with pytest.raises(Refused, match="damaged or cut short"):
            archive.load(data[:end])


def test_too_many_files_and_too_many_bytes_are_refused(monkeypatch):
    monkeypatch.setattr(archive, "MOST_FILES", 2)
    monkeypatch.setattr(archive, "MOST_BYTES", 100)
    with pytest.raises(Refused, match="3 files; 2 is the most"):
        archive.load(zipped(("a", b""), ("b", b""), ("c", b"")))
    with pytest.raises(Refused, match="the most that is read"):
        archive.load(zipped(("a", b"xy" * 60)))
