from __future__ import annotations

from datetime import date

import pytest

from penholder.errors import Refused
from penholder.formats import folders, history, house
from penholder.formats.scanning import scan

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d4944415478da6364f8cf500f0003860180"
    "5a347d6b0000000049454e44ae426082"
)
STRATEGY = b'title = "A plan"\nsubtitle = "May"\n[document]\naddresses = ["/old/"]\n[actions]\nold_address = "/old/{number}/"\n'
ORGANISATIONS = b'[[organisation]]\nkey = "hmrc"\nname = "HM Revenue"\nacronym = "HMRC"\naliases = ["The Revenue"]\n\n[[organisation]]\nkey = "dft"\nname = "Transport"\n'
ASKED = b'asked_on = 2012-11-06\n[[ask]]\nactions = [1, 2]\norganisations = ["*"]\n'
TEXT = b"""## Actions {#actions}

### Lead {#principle-01 .principle motto="From the top"}

#### Boards have a leader {#action-01 .action short="Leaders"}

Words.

#### Services have a manager {#action-02 .action}

More words.
"""
HMRC = b"""# Our strategy

We collect.

## Action 01 {#action-01 .response stance="will-do"}

We will.

## Action 02 {#action-02 .response stance="not-applicable" reason="No services."}

None here.
"""


def files(**changed: bytes | None) -> dict[str, bytes]:
    """A small strategy; a name such as text__01_md stands for text/01.md, None takes the file away."""
    tree = {
        "strategy.toml": STRATEGY,
        "organisations.toml": ORGANISATIONS,
        "asked.toml": ASKED,
        "text/01.md": TEXT,
        "responses/hmrc.md": HMRC,
    }
    for name, data in changed.items():
        path = name.replace("__", "/")
        path = ".".join(path.rsplit("_", 1))
        if data is None:
            tree.pop(path)
        else:
            tree[path] = data
    return tree


def said(tree: dict[str, bytes]) -> list[tuple[str, int, str, str]]:
    return [(one.file, one.line, one.what, one.severity) for one in house.read(tree).unread]


def test_a_house_folder_reads_whole():
    reading = house.read(files())
    assert reading.unread == ()
    assert reading.title == "A plan"
    assert [(d.key, d.kind, d.title) for d in reading.documents] == [
        ("strategy", "strategy", "A plan"),
        ("hmrc", "departmental", "Our strategy"),
    ]
    assert reading.documents[0].addresses == ("/old/",)
    assert [(a.number, a.title, a.short_title, a.principle, a.addresses) for a in reading.actions] == [
        (1, "Boards have a leader", "Leaders", 1, ("/old/01/",)),
        (2, "Services have a manager", "", 1, ("/old/02/",)),
    ]
    assert reading.principles[0].motto == "From the top"
    assert reading.organisations[0].aliases == ("The Revenue",)
    assert reading.counts["headings"] == 7


def test_whoever_was_asked_and_said_nothing_is_silent_since_then():
    reading = house.read(files())
    silent = [(r.action, r.organisation, r.asked_on) for r in reading.responses if r.silent]
    assert silent == [(1, "dft", date(2012, 11, 6)), (2, "dft", date(2012, 11, 6))]
    assert "dft" not in {document.key for document in reading.documents}


def test_an_empty_section_is_silence_too():
    reading = house.read(files(responses__dft_md=b"# T\n\n## Action 01 {#action-01 .response}\n\n"))
    response = next(r for r in reading.responses if r.organisation == "dft" and r.action == 1)
    assert response.silent
    assert (response.file, response.line) == ("responses/dft.md", 3)


def test_not_applicable_is_only_proposed_until_a_post_accepts_it():
    response = house.read(files()).responses[2]
    assert (response.action, response.stance, response.proposed_not_applicable) == (2, "unstated", "No services.")
    accepted = HMRC.replace(b'reason="No services."', b'reason="No services." accepted-by="Permanent Secretary"')
    response = house.read(files(responses__hmrc_md=accepted)).responses[2]
    assert (response.stance, response.accepted_by) == ("not-applicable", "Permanent Secretary")
    assert response.proposed_not_applicable == ""


def test_a_response_may_say_itself_when_it_was_asked():
    later = HMRC.replace(b'stance="will-do"', b'stance="will-do" asked-on="2013-01-15"')
    assert house.read(files(responses__hmrc_md=later)).responses[0].asked_on == date(2013, 1, 15)


@pytest.mark.parametrize(
    ("change", "file", "line", "what"),
    [
        ({"responses__unknown_md": b"# X\n"}, "responses/unknown.md", 0, 'no organisation "unknown"'),
        ({"responses__dft_md": b"# T\n\n## Action 9 {#action-09 .response}\n\nX\n"}, "responses/dft.md", 3, "no action 9"),
        ({"responses__hmrc_md": HMRC + HMRC[29:90]}, "responses/hmrc.md", 12, "answered twice"),
        ({"responses__hmrc_md": HMRC.replace(b"will-do", b"maybe")}, "responses/hmrc.md", 5, '"maybe" is no stance'),
        ({"responses__hmrc_md": HMRC.replace(b'"will-do"', b'"will-do" asked-on="soon"')}, "responses/hmrc.md", 5, '"soon" is no date'),
        ({"responses__hmrc_md": HMRC.replace(b' reason="No services."', b"")}, "responses/hmrc.md", 9, "needs a reason"),
        ({"text__02_md": b"## More\n\n#### Again {#action-01 .action}\n"}, "text/02.md", 3, "action-01 stands twice"),
        ({"text__02_md": b"## More\n\n#### Nameless {.action}\n"}, "text/02.md", 3, "This action has no number"),
        ({"text__02_md": b"## Fine\n\ncaf\xe9\n"}, "text/02.md", 3, "not UTF-8"),
        ({"text__02_md": b"## Fine\n\n" + b"x" * 1_000_001}, "text/02.md", 3, "longer than a million"),
        ({"text__02_md": b"## Fine\n\n\0\n"}, "text/02.md", 3, "NUL"),
        ({"text__02_md": b"## A\n\n:::{figure} ../../etc/passwd\n:::\n"}, "text/02.md", 3, "leaves the folder"),
        ({"text__02_md": b"## A\n\n![x](/etc/passwd)\n"}, "text/02.md", 3, "leaves the folder"),
        ({"organisations_toml": ORGANISATIONS.replace(b"dft", b"hmrc"), "responses__hmrc_md": None}, "organisations.toml", 8, "stands twice"),
        ({"organisations_toml": b'[[organisation]]\nkey = "H M"\n'}, "organisations.toml", 2, "needs a key"),
        ({"asked_toml": ASKED + b'[[ask]]\nactions = [7]\norganisations = ["*"]\n'}, "asked.toml", 6, 'no action "7"'),
        ({"asked_toml": ASKED.replace(b"2012-11-06", b'"yesterday"')}, "asked.toml", 1, "must be a date"),
        ({"strategy_toml": STRATEGY.replace(b"/old/{number}/", b"/old/")}, "strategy.toml", 6, "must hold {number}"),
        ({"strategy_toml": STRATEGY.replace(b'"A plan"', b"7")}, "strategy.toml", 1, "must be a text"),
    ],
)  # fmt: skip
def test_every_fault_is_an_error_with_file_and_line(change, file, line, what):
    found = [one for one in said(files(**change)) if what in one[2]]
    assert [(one[0], one[1], one[3]) for one in found] == [(file, line, "error")]


@pytest.mark.parametrize(
    ("text", "severity", "what"),
    [
        (b"## A\n\n:::{figure} figures/lost.png\n:::\n", "warning", "figures/lost.png is not here"),
        (b"## A\n\n:::{film} https://example.org/a\nTitle\n:::\n", "note", "linked to, never embedded"),
        (b"## A\n\n![x](https://example.org/a.png)\n", "warning", "is on another site"),
        (b"## A\n\n:::{film} films/a.webm\n:captions: films/a.vtt\n:::\n", "warning", "films/a.vtt is not here"),
    ],
)
def test_what_is_missing_is_told_and_the_rest_is_read(text, severity, what):
    tree = files(text__02_md=text)
    assert [one[3] for one in said(tree) if what in one[2]] == [severity]
    assert house.read(tree).documents[0].sections[1].title == "A"


def test_markup_shown_as_code_is_neither_heading_nor_picture():
    found = scan("## One\n\n```\n## Two\n![x](a.png)\n```\n\n:::{callout} note\n## Three\n:::\n\n## Four\n")
    assert [heading.title for heading in found.headings] == ["One", "Four"]
    assert found.references == ()


def test_figures_come_along_with_the_type_that_they_really_have():
    tree = files(text__02_md=b"## A\n\n:::{figure} figures/a.png\n:::\n") | {"figures/a.png": PNG}
    reading = house.read(tree)
    assert [(asset.path, asset.media_type) for asset in reading.assets] == [("figures/a.png", "image/png")]
    lying = house.read(tree | {"figures/a.png": b"MZ this is a program"})
    assert lying.assets == ()
    assert lying.unread[0].file == "figures/a.png"


def test_bad_toml_is_refused_with_its_line():
    with pytest.raises(Refused, match=r"organisations\.toml, line 2: this is not TOML"):
        house.read(files(organisations_toml=b'a = "b"\nc = = 1\n'))
    with pytest.raises(Refused, match=r"strategy\.toml, line 2: this is not UTF-8"):
        house.read(files(strategy_toml=b'title = "a"\n# \xff\n'))


def test_a_folder_without_a_strategy_is_refused():
    with pytest.raises(Refused, match=r"no strategy\.toml"):
        house.read({"text/01.md": b"# x"})


def test_windows_line_ends_and_a_byte_order_mark_change_nothing():
    plain = house.read(files()).documents[0].sections[0]
    windows = house.read(files(text__01_md=b"\xef\xbb\xbf" + TEXT.replace(b"\n", b"\r\n"))).documents[0].sections[0]
    assert windows == plain


def test_blank_lines_at_the_start_do_not_shift_the_lines_that_are_named():
    tree = files(
        text__02_md=b"\n \n\n## A\n\n![x](figures/lost.png)\n", responses__dft_md=b"\n\n## A {#action-01}\n\nX\n"
    )
    assert [(one[0], one[1]) for one in said(tree)] == [("text/02.md", 6)]
    response = next(r for r in house.read(tree).responses if r.organisation == "dft" and not r.silent)
    assert (response.line, response.markdown) == (3, "X\n")


def test_sections_stand_in_the_order_of_their_bytes():
    reading = house.read(
        files(text__annex1_md=b"## Annex\n", text__99_end_md=b"## End\n") | {"text/99-x.md": b"## X\n"}
    )
    assert [section.title for section in reading.documents[0].sections] == ["Actions", "X", "End", "Annex"]


def test_papers_are_documents_of_their_own():
    tree = files() | {
        "papers/help/paper.toml": b'title = "Help"\nkind = "paper"\n',
        "papers/help/1.md": b"## The need\n\nX\n",
    }
    assert [(d.key, d.kind, d.title) for d in house.read(tree).documents][1] == ("help", "paper", "Help")


# -- history

TWO = b"""[[iteration]]
label = "Draft"
folder = "one"
at = 2012-06-21T16:00:00Z
published = false

[[iteration]]
label = "First"
folder = "two"
at = 2012-11-06T09:30:00+01:00
stage = "published"
reason = "It is ready."
removed = ["text/02.md"]
"""


def past(toml: bytes = TWO) -> dict[str, bytes]:
    first = {f"one/{path}": data for path, data in (files() | {"text/02.md": b"## Gone\n\nSoon.\n"}).items()}
    return {"history.toml": toml, **first, "two/text/01.md": TEXT.replace(b"More words", b"Other words")}


def test_each_iteration_is_the_one_before_with_its_changes():
    first, second = history.read(past())
    assert [s.key for s in first.reading.documents[0].sections] == ["01", "02"]
    assert [s.key for s in second.reading.documents[0].sections] == ["01"]
    assert "Other words" in second.reading.documents[0].sections[0].markdown
    assert len(second.reading.responses) == 4
    assert (first.published, second.published, second.reason) == (False, True, "It is ready.")
    assert first.at < second.at
    assert history.count(past()) == 2


def test_faults_of_an_iteration_name_the_folder_they_stand_in():
    tree = past() | {"two/responses/nobody.md": b"# X\n"}
    *_, second = history.read(tree)
    assert second.reading.unread[0].file == "two/responses/nobody.md"


def test_removing_what_is_not_there_is_told():
    *_, second = history.read(past(TWO.replace(b"text/02.md", b"text/03.md")))
    assert [(one.file, one.line) for one in second.reading.unread] == [("history.toml", 7)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b'folder = "two"', b'folder = "three"', r"line 7: there is no folder three"),
        (b'folder = "two"', b'folder = "../two"', r"line 9: folder must name a folder beside"),
        (b"2012-11-06T09:30:00+01:00", b"2012-11-06T09:30:00", r"line 10: at must be a date and time with its zone"),
        (b"2012-11-06T09:30:00+01:00", b'"soon"', r"line 10: at must be a date and time with its zone"),
        (b"2012-11-06T09:30:00+01:00", b"2011-11-06T09:30:00Z", r"line 10: “First” is not later than “Draft”"),
        (b'label = "First"', b'label = "Draft"', r"line 7: the label “Draft” stands twice"),
        (b"published = false", b"published = 0", r"line 5: published must be true or false"),
        (b"[[iteration]]", b"[[step]]", r"lists no iteration"),
    ],
)
def test_a_history_that_cannot_be_trusted_is_refused_with_its_line(old, new, message):
    *start, end = TWO.rpartition(old) if old != b"[[iteration]]" else (b"", b"", TWO.replace(old, new))
    toml = start[0] + new + end if old != b"[[iteration]]" else end
    with pytest.raises(Refused, match=message):
        list(history.read(past(toml)))


def test_an_iteration_that_only_removes_needs_no_folder():
    tree = past(TWO.replace(b'folder = "two"\n', b""))
    *_, second = history.read(tree)
    assert [s.key for s in second.reading.documents[0].sections] == ["01"]
    assert "More words" in second.reading.documents[0].sections[0].markdown


# -- folders on disk


def test_links_that_leave_the_folder_are_refused(tmp_path):
    (tmp_path / "secret").write_text("x")
    plan = tmp_path / "plan"
    plan.mkdir()
    (plan / "strategy.toml").symlink_to(tmp_path / "secret")
    with pytest.raises(Refused, match=r"strategy\.toml is a link that leaves the folder"):
        folders.load(plan)
    (plan / "strategy.toml").unlink()
    (plan / "text").symlink_to(tmp_path)
    with pytest.raises(Refused, match="text is a link to a folder"):
        folders.load(plan)


def test_clutter_is_left_out(tmp_path):
    for name in (".git/config", "__MACOSX/a.md", "text/01.md", "text/.DS_Store", "text/01.md~"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    assert list(folders.load(tmp_path).files) == ["text/01.md"]


def test_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "MOST_FILES", 1)
    (tmp_path / "a").write_text("x")
    assert len(folders.load(tmp_path).files) == 1
    (tmp_path / "b").write_text("x")
    with pytest.raises(Refused, match="more than 1 files"):
        folders.load(tmp_path)
