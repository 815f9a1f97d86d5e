from __future__ import annotations

import io
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pypandoc
import pytest
from dulwich import porcelain

from penholder import demo
from penholder.errors import Missing, Refused
from penholder.formats import folders
from penholder.formats import open as door

STRATEGY = 'title = "A plan"\n'
TEXT = "## Actions\n\n#### One {#action-01 .action}\n\nWords.\n"


@pytest.fixture
def plan(tmp_path) -> Path:
    folder = tmp_path / "plan"
    (folder / "text").mkdir(parents=True)
    (folder / "strategy.toml").write_text(STRATEGY)
    (folder / "text" / "01.md").write_text(TEXT)
    return folder


def zip_of(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for one in sorted(folder.rglob("*")):
            if one.is_file():
                made.write(one, Path(folder.name) / one.relative_to(folder))
    return path


def only(path: Path):
    (snapshot,) = door.read(path)
    return snapshot


def test_a_house_folder(plan):
    source = door.describe(plan)
    assert (source.kind, source.total, source.words) == ("house", 1, "a house folder")
    assert only(plan).reading.actions[0].title == "One"


def test_its_moment_comes_from_the_files_and_not_from_the_clock(plan):
    import os

    for path in plan.rglob("*"):
        os.utime(path, (1352194200, 1352194200))
    assert only(plan).at == datetime(2012, 11, 6, 9, 30, tzinfo=UTC)
    (plan / "strategy.toml").write_text(STRATEGY + "at = 2012-12-20T12:00:00Z\n")
    assert (only(plan).at, only(plan).label) == (datetime(2012, 12, 20, 12, 0, tzinfo=UTC), "2012-12-20")


def test_a_history_folder():
    source = door.describe(demo.folder())
    assert (source.kind, source.total) == ("history", 11)
    assert len(list(door.read(demo.folder()))) == 11


def test_a_zip_of_a_folder_reads_as_the_folder_does(plan, tmp_path):
    path = zip_of(plan, tmp_path / "plan.zip")
    source = door.describe(path)
    assert (source.kind, source.zipped, source.words) == ("house", True, "a house folder, zipped")
    assert only(path).reading == only(plan).reading


def test_a_zip_of_a_history_reads_as_the_folder_does(tmp_path):
    path = zip_of(demo.folder(), tmp_path / "demo.zip")
    assert door.describe(path).total == 11
    for zipped, plain in zip(door.read(path), door.read(demo.folder()), strict=True):
        assert zipped == plain


def test_a_git_repository_and_a_zip_of_it(plan, tmp_path):
    porcelain.init(str(plan))
    for words in ("Words.", "Other words."):
        (plan / "text" / "01.md").write_text(TEXT.replace("Words.", words))
        porcelain.add(str(plan), [str(plan / "strategy.toml"), str(plan / "text" / "01.md")])
        when = 1352194200 if words == "Words." else 1355832000
        porcelain.commit(
            str(plan), message=b"x", author=b"Ada <a@example.org>", committer=b"Ada <a@example.org>",
            author_timestamp=when, commit_timestamp=when, author_timezone=0, commit_timezone=0,
        )  # fmt: skip
    source = door.describe(plan)
    assert (source.kind, source.total) == ("git", 2)
    first, second = door.read(plan)
    assert first.at < second.at
    assert "Other words." in second.reading.documents[0].sections[0].markdown
    path = zip_of(plan, tmp_path / "repository.zip")
    assert (door.describe(path).kind, door.describe(path).total) == ("git", 2)
    assert list(door.read(path)) == [first, second]


def test_the_real_bundle_folder_and_a_zip_of_it(shared, tmp_path):
    bundle = shared / "gds-2012" / "strategy.bundle"
    source = door.describe(bundle)
    assert source.kind == "bundle"
    assert source.total
    assert source.total > 10
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.write(bundle, "strategy.bundle")
    assert (door.describe(path).kind, door.describe(path).total) == ("bundle", source.total)
    tree = shared / "gds-2012" / "tree"
    assert door.describe(tree).kind == "govspeak"
    assert len(only(tree).reading.responses) == 235


@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_documents(tmp_path, kind):
    path = tmp_path / f"plan.{kind}"
    subprocess.run(
        [pypandoc.get_pandoc_path(), "-f", "markdown", "-o", str(path)], input=b"# One\n\na\n\n# Two\n\nb\n", check=True
    )
    assert (door.describe(path).kind, door.describe(path).zipped) == (kind, False)
    assert [section.title for section in only(path).reading.documents[0].sections] == ["One", "Two"]
    renamed = tmp_path / "plan.bin"
    path.rename(renamed)
    assert door.describe(renamed).kind == kind


def test_nothing_there_is_missing(tmp_path):
    with pytest.raises(Missing, match="Check the spelling"):
        door.describe(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n", "no strategy that can be read"),
        (b"PK\x03\x04 cut short", "damaged or cut short"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old format"),
        (b"# v2 git bundle\n", "bundle"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path, data, message):
    path = tmp_path / "thing"
    path.write_bytes(data)
    with pytest.raises(Refused, match=message):
        list(door.read(path))


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(Refused, match="is a folder, but no strategy"):
        door.describe(tmp_path)


def test_a_zip_in_a_zip_is_not_opened(plan, tmp_path):
    inner = zip_of(plan, tmp_path / "plan.zip")
    path = tmp_path / "outer.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.write(inner, "plan.zip")
    with pytest.raises(Refused, match="Nested zips are not opened"):
        door.describe(path)


def test_an_empty_zip_is_refused(tmp_path):
    out = io.BytesIO()
    zipfile.ZipFile(out, "w").close()
    path = tmp_path / "empty.zip"
    path.write_bytes(out.getvalue())
    with pytest.raises(Refused):
        door.describe(path)


def test_a_file_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(door, "LARGEST_FILE", 10)
    (tmp_path / "a").write_bytes(b"x" * 11)
    with pytest.raises(Refused, match="larger than"):
        door.describe(tmp_path / "a")


def test_what_may_not_be_read_is_refused_by_name(plan, monkeypatch):
    def forbidden(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    with pytest.raises(Refused, match=r"could not be read: Permission denied"):
        folders.load(plan)
