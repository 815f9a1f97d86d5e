from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from dulwich.objects import Blob, Commit, Tree
from dulwich.repo import Repo

from penholder.formats import git


class History:
    """A bare repository in which every commit holds one text, written as its parents and its day say."""

    def __init__(self, path: Path):
        self.repo, self.path = Repo.init_bare(str(path), mkdir=True), path

    def commit(self, text: str, day: int, *parents: bytes, hour: int = 12) -> bytes:
        blob, tree, commit = Blob.from_string(f"# Text\n\n{text}\n".encode()), Tree(), Commit()
        tree.add(b"strategy.md" if text else b"picture.bin", 0o100644, blob.id)
        commit.tree, commit.parents, commit.message = tree.id, list(parents), b"A change"
        commit.author = commit.committer = b"Ada <ada@penholder.example>"
        commit.author_time = commit.commit_time = int(datetime(2012, 11, day, hour, tzinfo=UTC).timestamp())
        commit.author_timezone = commit.commit_timezone = 0
        for one in (blob, tree, commit):
            self.repo.object_store.add_object(one)
        self.repo.refs[b"refs/heads/main"] = commit.id
        self.repo.refs.set_symbolic_ref(b"HEAD", b"refs/heads/main")
        return commit.id

    def days(self) -> list[str]:
        with git.opened(self.path) as history:
            return [
                f"{pick.label[-2:]} {next(iter(history.files(pick.commit).values())).decode().split()[-1]}"
                for pick in history.chosen(git.DAILY)
            ]


@pytest.fixture
def history(tmp_path):
    return History(tmp_path / "strategy.git")


def test_the_last_commit_of_each_day_is_taken(history):
    first = history.commit("one", 6)
    second = history.commit("two", 6, first, hour=13)
    history.commit("three", 8, second)
    assert history.days() == ["06 two", "08 three"]


def test_a_day_whose_work_came_in_by_a_merge_is_found(history):
    start = history.commit("one", 6)
    published = history.commit("two", 9, start)
    mine = history.commit("three", 12, start)
    history.commit("both", 13, mine, published)
    assert history.days() == ["06 one", "12 three", "13 both"]
    history.commit("both", 13, history.commit("three", 13, start), published)
    assert history.days() == ["06 one", "09 two", "13 both"]


def test_a_commit_that_empties_the_tree_is_no_day_and_hides_none(history):
    start = history.commit("one", 6)
    gone = history.commit("", 12, start)
    history.commit("one", 20, history.commit("", 12, gone))
    assert history.days() == ["06 one"]
    history.commit("two", 20, gone)
    assert history.days() == ["06 one", "20 two"]


def test_a_clock_that_ran_wrong_does_not_put_a_later_text_first(history):
    start = history.commit("one", 10)
    wrong = history.commit("two", 3, start)
    history.commit("three", 12, wrong)
    assert history.days() == ["03 two", "12 three"]
