"""Repositories and bundles: what becomes a snapshot, what is left out, what is refused."""

from __future__ import annotations

import gc
import hashlib
import tempfile
import zlib
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from dulwich.bundle import create_bundle_from_repo, write_bundle
from dulwich.objects import Blob, Commit, Tag, Tree
from dulwich.repo import Repo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from penholder.errors import Refused
from penholder.formats import bundles, git, govspeak
from penholder.formats.select import Select

NOON = datetime(2031, 5, 6, 12, tzinfo=UTC)
PAGE = "##Ferries\n\nThey sail at {}.\n"


class Past:
    """A small history, made without git."""

    def __init__(self, path: Path):
        self.path = path
        self.repo = Repo.init_bare(str(path), mkdir=True)
        self.store = self.repo.object_store

    def tree(self, files: dict[str, bytes], modes: dict[str, int] | None = None) -> bytes:
        tree = Tree()
        folders: dict[str, dict[str, bytes]] = {}
        for path, data in files.items():
            first, _, rest = path.partition("/")
            if rest:
                folders.setdefault(first, {})[rest] = data
                continue
            blob = Blob.from_string(data)
            self.store.add_object(blob)
            tree.add(first.encode("utf-8", "surrogateescape"), (modes or {}).get(path, 0o100644), blob.id)
        for name, inside in folders.items():
            tree.add(name.encode(), 0o040000, self.tree(inside))
        self.store.add_object(tree)
        return tree.id

    def commit(self, files, *parents: bytes, at: datetime = NOON, modes=None, author: str = "Ada") -> bytes:
        commit = Commit()
        commit.tree = files if isinstance(files, bytes) else self.tree(files, modes)
        commit.parents = list(parents)
        commit.author = commit.committer = f"{author} <ada@penholder.example>".encode()
        commit.author_time = commit.commit_time = int(at.timestamp())
        commit.author_timezone = commit.commit_timezone = int((at.utcoffset() or timedelta()).total_seconds())
        commit.message = b"A change"
        self.store.add_object(commit)
        self.repo.refs[b"refs/heads/main"] = commit.id
        self.repo.refs.set_symbolic_ref(b"HEAD", b"refs/heads/main")
        return commit.id

    def bundle(self, path: Path, **more) -> Path:
        with path.open("wb") as file, closing(create_bundle_from_repo(self.repo, **more)) as bundle:
            write_bundle(file, bundle)
        return path


def page(hour: str) -> dict[str, bytes]:
    return {"source/plan/01.md": PAGE.format(hour).encode()}


@pytest.fixture
def past(tmp_path):
    made = Past(tmp_path / "past.git")
    yield made
    made.repo.close()


def read(path: Path, select: Select | None = None):
    return list(git.snapshots(path, select or Select(), govspeak.read_folder))


def texts(snapshots) -> list[str]:
    return [s.reading.documents[0].sections[0].markdown.split("at ")[1].strip(".\n") for s in snapshots]


def three_days(past: Past) -> list[bytes]:
    first = past.commit(page("one"))
    second = past.commit(page("two"), first, at=NOON + timedelta(hours=3), author="Grace")
    third = past.commit(page("three"), second, at=NOON + timedelta(days=2))
    return [first, second, third]


# -- what becomes a snapshot ---------------------------------------------------------------------------------------


def test_a_bare_repository_a_working_one_and_a_bundle_give_the_same(past, tmp_path):
    three_days(past)
    worked = tmp_path / "worked"
    worked.mkdir()
    past.path.rename(worked / ".git")
    past.path = worked / ".git"
    past.repo = Repo(str(worked / ".git"))
    bundle = past.bundle(tmp_path / "past.bundle")
    assert git.is_repository(worked)
    assert git.is_repository(worked / ".git")
    assert bundles.is_bundle(bundle)
    assert read(worked) == read(worked / ".git") == read(bundle)
    assert texts(read(bundle)) == ["two", "three"]


def test_a_snapshot_says_when_by_whom_and_from_where(past):
    ids = three_days(past)
    [day, _] = read(past.path)
    assert (day.label, day.at, day.author) == ("2031-05-06", NOON + timedelta(hours=3), "Grace")
    assert day.source == ids[1].decode()


def test_the_day_is_the_authors_own(past):
    early = datetime(2031, 5, 6, 0, 30, tzinfo=timezone(timedelta(hours=2)))  # the fifth of May in London
    past.commit(page("one"), at=early)
    assert [(s.label, s.at) for s in read(past.path)] == [("2031-05-06", early)]


def test_every_commit_that_changes_something(past):
    ids = three_days(past)
    past.commit(page("three"), ids[-1], at=NOON + timedelta(days=3))
    found = read(past.path, Select("all"))
    assert texts(found) == ["one", "two", "three"]
    assert found[0].label == f"2031-05-06 ({ids[0][:7].decode()})"
    assert len({s.label for s in found}) == 3


def test_a_commit_that_empties_the_folder_makes_no_snapshot(past):
    first = past.commit(page("one"))
    emptied = past.commit({"README": b"Moved."}, first, at=NOON + timedelta(days=1))
    past.commit(page("two"), emptied, at=NOON + timedelta(days=9))
    assert texts(read(past.path)) == texts(read(past.path, Select("all"))) == ["one", "two"]


def test_a_state_that_comes_back_after_the_hole_unchanged_makes_none_either(past):
    first = past.commit(page("one"))
    emptied = past.commit({}, first, at=NOON + timedelta(days=1))
    past.commit(page("one"), emptied, at=NOON + timedelta(days=9))
    assert git.total(past.path) == 1


def test_tags_are_taken_in_the_order_of_history(past):
    ids = three_days(past)
    tag = Tag()
    tag.name, tag.object, tag.message = b"draft", (Commit, ids[0]), b"The draft"
    tag.tagger, tag.tag_time, tag.tag_timezone = b"Ada <a@penholder.example>", 0, 0
    past.store.add_object(tag)
    past.repo.refs[b"refs/tags/draft"] = tag.id
    past.repo.refs[b"refs/tags/agreed"] = ids[2]
    assert [(s.label, s.source) for s in read(past.path, Select("tags"))] == [
        ("draft", ids[0].decode()),
        ("agreed", ids[2].decode()),
    ]


def test_commits_are_taken_by_id_and_by_branch(past):
    ids = three_days(past)
    found = read(past.path, Select("commits", ("main", ids[0][:9].decode())))
    assert [(s.label, s.source) for s in found] == [
        (f"2031-05-06 ({ids[0][:7].decode()})", ids[0].decode()),
        ("main", ids[2].decode()),
    ]


def test_the_total_is_known_before_anything_is_read(past, monkeypatch):
    three_days(past)
    monkeypatch.setattr(git.History, "blob", lambda *_: pytest.fail("a file was read"))
    assert git.total(past.path) == 2
    assert git.total(past.path, Select("all")) == 3


def test_a_file_that_did_not_change_is_fetched_once(past, monkeypatch):
    first = past.commit(page("one") | {"source/plan/02.md": b"##B\n\nThe same.\n"})
    past.commit(page("two") | {"source/plan/02.md": b"##B\n\nThe same.\n"}, first, at=NOON + timedelta(days=1))
    with git.opened(past.path) as history:
        one, two = (history.files(pick.commit)["source/plan/02.md"] for pick in history.chosen(Select()))
    assert one is two


# -- what is left out and what is refused --------------------------------------------------------------------------


def test_links_and_other_repositories_are_left_out_and_named(past):
    tree = Tree()
    tree.add(b"source", 0o040000, past.tree({"plan/01.md": PAGE.encode()}))
    link = Blob.from_string(b"/etc/passwd")
    past.store.add_object(link)
    tree.add(b"link.md", 0o120000, link.id)
    tree.add(b"vendor", 0o160000, b"a" * 40)
    past.store.add_object(tree)
    past.commit(tree.id)
    [snapshot] = read(past.path)
    told = {(u.file, u.what.split(",")[0].split(".")[0]) for u in snapshot.reading.unread}
    assert ("link.md", "This is a link") in told
    assert ("vendor", "This is another repository (a submodule); it was left out") in told


@pytest.mark.parametrize("name", ["..", "a\\b.md", "c:d.md", "tab\there.md"])
def test_a_name_that_could_lead_out_is_refused(past, name):
    past.commit(page("one") | {name: b"x"})
    with pytest.raises(Refused, match="could lead out of the folder"):
        read(past.path)


def test_a_folder_that_is_no_repository_is_refused(tmp_path):
    assert not git.is_repository(tmp_path)
    with pytest.raises(Refused, match="is not a git repository"):
        git.total(tmp_path)


def test_a_history_without_a_commit_is_refused(past):
    with pytest.raises(Refused, match="no branch"):
        git.total(past.path)


def test_names_that_are_not_there_are_refused(past):
    three_days(past)
    with pytest.raises(Refused, match="no commit, tag or branch “v9”"):
        git.total(past.path, Select("commits", ("v9",)))
    with pytest.raises(Refused, match="has no tags"):
        git.total(past.path, Select("tags"))


def test_a_missing_object_is_refused_with_the_commit(past):
    past.commit(page("one"))
    blob = Blob.from_string(page("one")["source/plan/01.md"]).id.decode()
    (past.path / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(Refused, match=r"commit [0-9a-f]{12}: the repository is damaged or not whole"):
        read(past.path)


def test_a_file_that_is_too_long_names_its_commit(past):
    past.commit({"source/plan/01.md": b"##A\n\n" + b"x" * 1_500_000})
    with pytest.raises(Refused, match=r"commit [0-9a-f]{12}: source/plan/01\.md:3: this line is longer"):
        read(past.path)


def test_a_bundle_that_goes_on_from_another_history_is_refused(past, tmp_path):
    ids = three_days(past)
    path = past.bundle(tmp_path / "more.bundle", prerequisites=[ids[0]])
    with pytest.raises(Refused, match=f"goes on from commit {ids[0][:12].decode()}, which is not in it"):
        git.total(path)


def test_a_bundle_cut_short_anywhere_is_refused(past, tmp_path):
    three_days(past)
    whole = past.bundle(tmp_path / "whole.bundle").read_bytes()
    for length in range(16, len(whole), 7):
        (tmp_path / "cut.bundle").write_bytes(whole[:length])
        with pytest.raises(Refused, match=r"cut short|damaged|broken"):
            git.total(tmp_path / "cut.bundle")


def test_an_object_that_would_unpack_to_a_gigabyte_is_refused_before_it_does(tmp_path):
    size = 1_000_000_000
    header = bytes([0x80 | 3 << 4 | size & 15])
    rest = size >> 4
    while rest:
        header += bytes([(0x80 if rest >> 7 else 0) | rest & 0x7F])
        rest >>= 7
    pack = b"PACK" + (2).to_bytes(4, "big") + (1).to_bytes(4, "big") + header + zlib.compress(b"\0" * 10_000)
    pack += hashlib.sha1(pack).digest()
    path = tmp_path / "bomb.bundle"
    path.write_bytes(b"# v2 git bundle\n" + b"a" * 40 + b" refs/heads/main\n\n" + pack)
    with pytest.raises(Refused, match=r"would unpack to 1,000,000,000 bytes"):
        git.total(path)


def test_a_bundle_with_a_wrong_sum_is_refused_and_leaves_nothing_open(past, tmp_path, recwarn):
    three_days(past)
    path = past.bundle(tmp_path / "wrong.bundle")
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(Refused, match="its sum is wrong"):
        git.total(path)
    gc.collect()
    assert [warning for warning in recwarn if issubclass(warning.category, ResourceWarning)] == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_bundle_is_read_or_refused(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("damaged")
    past = Past(folder / "past.git")
    three_days(past)
    whole = bytearray(past.bundle(folder / "whole.bundle").read_bytes())
    past.repo.close()
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    if (start := whole.find(b"PACK")) >= 0:  # a forger gets the sum right
        whole[-20:] = hashlib.sha1(whole[start:-20]).digest()
    (folder / "damaged.bundle").write_bytes(bytes(whole))
    with suppress(Refused):  # anything else is a fault of ours
        read(folder / "damaged.bundle")


def test_nothing_is_written_beside_the_source_and_nothing_is_left_behind(past, tmp_path, monkeypatch):
    three_days(past)
    bundle = past.bundle(tmp_path / "past.bundle")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    first = next(git.snapshots(bundle, Select(), govspeak.read_folder))
    read(past.path)
    read(bundle)
    gc.collect()
    assert first.label == "2031-05-06"
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before
    assert list(scratch.iterdir()) == []


# -- the real history ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def days(shared):
    return list(git.snapshots(shared / "gds-2012/strategy.bundle", Select(), govspeak.read_folder))


def test_the_real_history_day_by_day(days):
    assert [d.label for d in days][:2] == ["2012-11-06", "2012-11-07"]
    assert days[-1].label == "2014-02-03"
    assert [d.at for d in days] == sorted(d.at for d in days)
    assert all(len(d.reading.principles) == 11 and len(d.reading.actions) == 14 for d in days)


def test_the_hole_of_december_is_no_state(days):
    labels = [d.label for d in days]
    at = labels.index("2012-12-20")
    assert labels[at - 1] == "2012-12-07"


def test_silence_and_not_applicable_grow_and_shrink_with_the_history(days):
    by_day = {d.label: d.reading for d in days}
    assert not by_day["2012-12-07"].responses
    assert sum(r.silent for r in by_day["2012-12-20"].responses) == 26
    last = days[-1].reading
    assert len(last.responses) == 235
    assert sum(r.silent for r in last.responses) == 13
    assert sum(bool(r.proposed_not_applicable) for r in last.responses) == 11
    assert last.drift == (6, 7, 11, 12)


def test_organisations_keep_their_keys_through_the_history(days):
    keys = {(o.key, o.name) for d in days for o in d.reading.organisations}
    assert len(keys) == 18


def test_every_commit_of_the_real_history(shared):
    bundle = shared / "gds-2012/strategy.bundle"
    assert git.total(bundle, Select("all")) == 134  # 135 less the one that empties the folder
