"""Principles, actions, departments' answers, silence, drift and case studies, on a small strategy in our own words."""

from __future__ import annotations

import pytest

from penholder.formats.govspeak import read_folder
from penholder.formats.govspeak.departments import is_silent, verdict
from penholder.formats.structure import departmental_documents

STRATEGY = """##02 What we promise

### Principle: Keep ferries running

*“No one waits on the quay”*

####Action 01: Every port's timetable is public

{include action01-case-study.md}

[Read how departments are responding »](/sea/plan/actions/01/)
{: .action-dep-response}

####Action 02: Tickets are sold on the pier

### Principle: Build nothing twice

####Action 03: One ticket for boat and train
"""

PAGE = """{{DEPARTMENTRESPONSE}}
#Action %s: %s

{div .section}
{navigation}
Here is what they say:

{div .department}
##Ministry <br> of Tides
{: .logo}
{div .statement}
%s
{/div}
{/div}

{div .department}
##Queen's<br>Harbours &<br>Lights
{div .statement}
%s
{/div}
{/div}
{/div}
"""

LIST = """- [Ministry of Tides Digital Strategy](https://tides.example/plan)
- Queen’s Harbours, and Lights Digital Strategy (Awaiting QHL confirmation)
"""


def source(**pages: str) -> dict[str, bytes]:
    files = {
        "source/sea/plan/00.md": '<div class="title">\n#The Sea Plan\n\n####May 2031\n</div>\n',
        "source/sea/plan/02.md": STRATEGY,
        "source/partials/_action01-case-study.md": (
            "{div .case-study}\n[![Watch](/a.png)](/sea/plan/case-studies/first-boat/ \"Read the 'first boat' case study\")\n\n"
            "##### Case study\n\nAda sails.\n{/div}"
        ),
        "source/partials/_action01-text.html": "Publish every timetable",
        "source/partials/case-studies/_first-boat.md": "Ada built a boat.\n\nIt floats\n{big-pull}\n",
        "source/sea/plan/case-studies/first-boat/transcript.xml": (
            '<tt xmlns="http://www.w3.org/2006/10/ttaf1"><body><div>'
            '<p begin="00:00:01" end="00:00:03">It floats.</p></div></body></tt>'
        ),
        "source/partials/answers/_index.md": LIST,
        "source/partials/answers/_a1.md": PAGE
        % ("01", "Every port’s timetable is public", "MoT prints it.", "We paint it on the pier."),
        "source/partials/answers/_a2.md": PAGE
        % (
            "02",
            "Tickets are sold online",
            "Awaiting MoT confirmation",
            "This is not directly applicable to QHL. We sell none.",
        ),
    }
    return {path: text.encode() for path, text in (files | pages).items()}


@pytest.fixture(scope="module")
def reading():
    return read_folder(source())


def test_principles_and_actions_are_numbered_and_named(reading):
    assert [(p.number, p.title, p.motto) for p in reading.principles] == [
        (1, "Keep ferries running", "No one waits on the quay"),
        (2, "Build nothing twice", ""),
    ]
    assert [(a.number, a.title, a.principle, a.short_title) for a in reading.actions] == [
        (1, "Every port’s timetable is public", 1, "Publish every timetable"),
        (2, "Tickets are sold on the pier", 1, ""),
        (3, "One ticket for boat and train", 2, ""),
    ]
    assert reading.actions[0].addresses == ("/sea/plan/actions/01/",)


def test_the_number_of_an_action_stands_in_its_name_and_not_in_its_words(reading):
    text = reading.documents[0].sections[0].markdown
    assert '#### Every port\'s timetable is public {#action-01 .action short="Publish every timetable"}\n' in text
    assert '### Keep ferries running {#principle-01 .principle motto="No one waits on the quay"}\n' in text
    assert "Action 01:" not in text
    assert "“No one waits" not in text


def test_documents_have_keys_kinds_and_old_addresses(reading):
    assert [(d.key, d.kind, d.title, d.subtitle, d.addresses) for d in reading.documents] == [
        ("strategy", "strategy", "The Sea Plan", "May 2031", ("/sea/plan/",)),
        ("case-studies", "case-studies", "Case studies", "", ("/sea/plan/case-studies/",)),
        ("mot", "departmental", "Ministry of Tides", "", ()),
        ("qhl", "departmental", "Queen’s Harbours, and Lights", "", ()),
    ]


def test_spellings_of_one_department_are_one_department(reading):
    assert [(o.key, o.acronym, o.name, o.aliases, o.strategy_url) for o in reading.organisations] == [
        ("mot", "MoT", "Ministry of Tides", (), "https://tides.example/plan"),
        ("qhl", "QHL", "Queen’s Harbours, and Lights", ("Queen’s Harbours & Lights",), ""),
    ]


def test_every_box_is_a_response_and_a_placeholder_is_silence(reading):
    assert [(r.action, r.organisation, r.markdown, r.silent) for r in reading.responses] == [
        (1, "mot", "MoT prints it.", False),
        (1, "qhl", "We paint it on the pier.", False),
        (2, "mot", "Awaiting MoT confirmation", True),
        (2, "qhl", "This is not directly applicable to QHL. We sell none.", False),
    ]
    assert reading.responses[2].file == "source/partials/answers/_a2.md"
    assert reading.responses[2].line == 12


def test_not_applicable_is_proposed_with_the_words_that_say_so_and_no_stance_is_taken(reading):
    proposed = [r for r in reading.responses if r.proposed_not_applicable]
    assert [(r.action, r.organisation, r.proposed_not_applicable, r.stance) for r in proposed] == [
        (2, "qhl", "This is not directly applicable to QHL.", "unstated")
    ]


def test_a_title_that_reads_differently_is_drift_and_a_curly_apostrophe_is_not(reading):
    assert reading.drift == (2,)
    assert [(w.action, w.title, w.file, w.line) for w in reading.wordings][1] == (
        2,
        "Tickets are sold online",
        "source/partials/answers/_a2.md",
        2,
    )


def test_a_departments_own_document_has_a_section_for_each_action_it_answers(reading):
    mot, qhl = (d for d in reading.documents if d.kind == "departmental")
    assert [s.markdown for s in mot.sections] == ["## Action 01 {#action-01 .response}\n\nMoT prints it.\n"]
    assert [s.key for s in qhl.sections] == ["action-01", "action-02"]
    assert mot.organisation == "mot"


def test_a_case_study_has_its_title_from_the_link_and_its_film_from_the_captions_beside_it(reading):
    [section] = next(d for d in reading.documents if d.key == "case-studies").sections
    assert section.title == "First boat"
    assert section.addresses == ("/sea/plan/case-studies/first-boat/",)
    assert section.markdown == (
        "## First boat {#first-boat}\n\n:::{film}\n:captions: films/first-boat.vtt\n:transcript: films/first-boat.md\nFirst boat\n:::\n\n"
        "Ada built a boat.\n\n:::{callout} quote\nIt floats\n:::\n"
    )
    assert {asset.path for asset in reading.assets} == {"films/first-boat.vtt", "films/first-boat.md"}


def test_a_page_of_several_case_studies_leads_to_the_first_of_them():
    panel = "{div .case-study}\n[Read more »](/sea/plan/case-studies/light-houses/ \"Read the 'Light houses' case study\")\n{/div}"
    parts = {f"source/partials/case-studies/_houses{n}.md": f"House {n}.\n" for n in (1, 2)}
    reading = read_folder(source(**{"source/sea/plan/03.md": f"##Lights\n\n{panel}\n", **parts}))
    sections = next(d for d in reading.documents if d.key == "case-studies").sections
    assert [(s.title, s.addresses) for s in sections] == [
        ("First boat", ("/sea/plan/case-studies/first-boat/",)),
        ("Houses 1", ("/sea/plan/case-studies/light-houses/",)),
        ("Houses 2", ()),
    ]


def test_a_department_that_answers_twice_on_a_page_is_reported():
    box = "{div .department}\n##Ministry of Tides\n{div .statement}\nComing soon...\n{/div}\n{/div}\n"
    page = PAGE % ("03", "One ticket for boat and train", "We sell it.", "So do we.") + box
    reading = read_folder(source(**{"source/partials/answers/_a3.md": page}))
    assert [r.markdown for r in reading.responses if r.action == 3] == ["We sell it.", "So do we."]
    assert any("answers action 03 twice" in u.what and u.severity == "warning" for u in reading.unread)


def test_broken_captions_are_reported_with_their_line_and_nothing_else_is_lost():
    path = "source/sea/plan/case-studies/first-boat/transcript.xml"
    reading = read_folder(source(**{path: "<tt>\n<body>\n<p begin='0s'"}))
    assert any(u.file == path and f"{path}:3" in u.what for u in reading.unread)
    assert "Ada built a boat." in next(d for d in reading.documents if d.key == "case-studies").sections[0].markdown


@pytest.mark.parametrize(
    "words",
    [
        "",
        "  ",
        "Awaiting MoT confirmation",
        "Coming soon...",
        "[Coming soon](/x)",
        "To be confirmed",
        "TBC",
        "No response yet",
    ],
)
def test_words_that_put_an_answer_off_are_silence(words):
    assert is_silent(words)


@pytest.mark.parametrize(
    "words", ["Awaiting the new pier, we sell tickets on the quay.", "We are to follow the plan.", "Yes."]
)
def test_words_that_answer_are_not_silence(words):
    assert not is_silent(words)


@pytest.mark.parametrize(
    "words",
    [
        "This is not applicable to us as we own no boats.",
        "This action is not relevant to the ministry.",
        "We own no boats. This does not apply to us.[Read more](/x)",
        "Not applicable.",
        "N/A",
        "It isn’t currently applicable here.",
    ],
)
def test_words_that_say_it_does_not_apply_are_a_verdict(words):
    assert verdict(words)


@pytest.mark.parametrize(
    "words",
    [
        "We own no boats, but we paint the quay.",
        "We will apply this where applicable and not only in ports.",
        "We own no boats. Where the rule does not apply we will still help.",
        "This is applicable to all our ports.",
        "Not all ports are ready.",
    ],
)
def test_having_no_boats_is_a_reason_and_not_a_verdict(words):
    assert verdict(words) == ""


def test_an_organisation_that_is_silent_throughout_has_no_document(reading):
    silent = [r for r in reading.responses if r.silent]
    assert departmental_documents(silent, reading.actions, reading.organisations) == ()
