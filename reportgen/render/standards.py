"""Which item of which standard this report answers, where, and which it leaves open.

The items are those of Model Cards (Mitchell et al. 2019, doi:10.1145/3287560.3287596), Datasheets for Datasets (Gebru
et al. 2021, doi:10.1145/3458723), the EU AI Act (Regulation (EU) 2024/1689: Annex IV and Articles 9 to 15 and 72), the
US banking agencies' guidance SR 26-2 (April 2026, in place of SR 11-7), the NIST AI Risk Management Framework 1.0
(doi:10.6028/NIST.AI.100-1), REFORMS (Kapoor et al. 2024, doi:10.1126/sciadv.adk3452) and TRIPOD+AI (Collins et al.
2024, doi:10.1136/bmj-2023-078378). Their words are not repeated, only their numbers.

What was read for it in November 2026, mostly in excerpts and in others' words, no text in full: Annex IV 1 and 2 and
most of Article 13(3); the framework's MAP 3 to 5 and MEASURE 1 to 2.12; all items of TRIPOD+AI; REFORMS 1a to 3d; the
names of the parts of SR 26-2. The other numbers are from memory and remain to be held against the texts.
"""

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from reportgen.document import Document

State = Literal["measured", "stated", "open", "beyond"]

ANCHOR = re.compile(r' id="([^"]+)"')
ALWAYS = frozenset({"summary", "appendix"})  # they stand around the sections
STANDARDS = ("Model Cards", "Datasheets", "EU AI Act", "SR 26-2", "NIST AI RMF", "REFORMS", "TRIPOD+AI")


class Topic(NamedTuple):
    """A question that several standards ask.

    `places` are the anchors where the report answers it, `card` the questions that only people can answer, `measured`
    whether this report measured it; a topic with none of them is beyond measurement. `items` stand in the order of
    STANDARDS, empty where a standard does not ask.
    """

    key: str
    items: tuple[str, str, str, str, str, str, str]
    places: tuple[str, ...] = ()
    card: tuple[str, ...] = ()
    measured: Callable[[Document], bool] | None = None


class Row(NamedTuple):
    """A topic as this report answers it: `lacking` names the card's questions that were not answered."""

    key: str
    state: State
    places: tuple[str, ...]
    lacking: tuple[str, ...]
    items_asked: tuple[tuple[str, str], ...]


def _always(_document: Document) -> bool:
    return True


TOPICS = (
    Topic(
        "purpose",
        ("2", "Uses", "IV 1(a); Art. 13(3)(b)(i)", "Use", "MAP 1.1", "1a", "3a, 3b, 4"),
        card=("purpose", "decision"),
    ),
    Topic("users", ("2", "", "IV 1(h)", "Use", "MAP 1.1", "", "3b, 27b"), card=("users",)),
    Topic("affected", ("3", "Composition", "IV 3", "", "MAP 5.1", "1a, 3b", "3b, 6a"), card=("affected",)),
    Topic(
        "out_of_scope",
        ("2", "Uses", "IV 3; Art. 13(3)(b)(iii)", "Use", "MAP 3.3", "8b", "26"),
        card=("out_of_scope",),
    ),
    Topic(
        "owner",
        ("1", "Maintenance", "IV 1(a); Art. 13(3)(a)", "Governance", "GOVERN 2.1", "", ""),
        card=("owner", "contact", "version"),
    ),
    Topic(
        "data_origin",
        ("5, 6", "Collection", "IV 2(d); Art. 10(2)(b)", "Development", "MAP 2.3", "2a, 3a, 3b", "5a, 5b, 6b"),
        card=("data_origin",),
    ),
    Topic(
        "rights",
        ("1", "Collection, Distribution", "Art. 10(2)(b)", "", "GOVERN 1.1, MAP 4.1", "", "17, 18e"),
        card=("licence", "consent", "legal_basis"),
    ),
    Topic(
        "table",
        (
            "5, 6",
            "Composition",
            "IV 2(d); Art. 10(3), 13(3)(b)(vi)",
            "Development",
            "MAP 2.3",
            "3d, 3e, 3f",
            "8a, 11, 20b",
        ),
        ("background", "appendix"),
        measured=_always,
    ),
    Topic(
        "sample_size",
        ("", "", "Art. 10(3)", "", "MEASURE 2.5", "3e", "10"),
        ("learning-curve",),
        measured=lambda document: document.learning_curve is not None,
    ),
    Topic(
        "preparation",
        ("5", "Preprocessing", "IV 2(d); Art. 10(2)(c)", "Development", "", "4a, 4b, 4c", "7, 11, 12b"),
        ("step-preprocess",),
        measured=_always,
    ),
    Topic(
        "model",
        ("1", "", "IV 2(a) to (c)", "Development", "MEASURE 2.9", "5a, 5d, 5e", "12c, 13, 22"),
        ("step-train",),
        measured=_always,
    ),
    Topic(
        "separation",
        ("5", "", "IV 2(g)", "Validation", "MEASURE 2.1", "5c, 6a, 6b, 6c", "12a, 21"),
        ("background", "appendix"),
        measured=_always,
    ),
    Topic(
        "performance",
        (
            "4, 7",
            "",
            "IV 3, 4; Art. 13(3)(b)(ii), 15(1) to (3)",
            "Outcomes analysis",
            "MEASURE 2.3, 2.5",
            "7a, 7b, 7c",
            "12e, 23a",
        ),
        ("summary", "concepts", "appendix"),
        measured=_always,
    ),
    Topic(
        "baselines",
        ("", "", "IV 2(b)", "Outcomes analysis", "", "5b, 5f", ""),
        ("concepts",),
        measured=lambda document: bool(document.baselines),
    ),
    Topic(
        "groups",
        ("3, 7", "Composition", "IV 2(g), 3; Art. 13(3)(b)(v)", "", "MEASURE 2.11", "", "3c, 14, 23a"),
        ("fairness",),
        measured=lambda document: document.fairness is not None,
    ),
    Topic(
        "where_wrong",
        ("7", "", "IV 3", "Outcomes analysis", "MEASURE 2.5", "", "12d, 23b"),
        ("slices", "example"),
        measured=_always,
    ),
    Topic(
        "explanation",
        ("", "", "IV 3; Art. 13(3)(b)(iv), (vii)", "Validation", "MEASURE 2.9", "", "25"),
        ("step-importance", "step-explain"),
        measured=lambda document: bool(document.importance),
    ),
    Topic(
        "robustness",
        ("", "", "Art. 15(4)", "Outcomes analysis", "MEASURE 2.5, 2.6", "", "27a"),
        ("robustness",),
        measured=lambda document: document.robustness is not None,
    ),
    Topic(
        "elsewhere",
        ("9", "", "IV 3", "Outcomes analysis", "MEASURE 2.5", "8a", "16, 20c, 27c"),
        ("drift", "trends"),
        measured=lambda document: document.dataset.test_sha256 is not None,
    ),
    Topic(
        "limits",
        ("9", "", "IV 3", "Development", "MAP 2.2", "8b", "26"),
        ("findings", "trends", "conclusion"),
        measured=_always,
    ),
    Topic(
        "again",
        ("", "", "IV 2(g)", "Development", "MEASURE 2.1", "2b to 2e", "12g, 18f"),
        ("appendix",),
        measured=_always,
    ),
    Topic(
        "oversight",
        ("", "", "IV 2(e); Art. 13(3)(d), 14", "Governance", "MAP 3.5", "", "27b"),
        card=("oversight",),
    ),
    Topic(
        "monitoring",
        ("", "Maintenance", "IV 9; Art. 72", "Ongoing monitoring", "MEASURE 2.4, MANAGE 4.1", "", "12f"),
        card=("monitoring",),
    ),
    Topic("approval", ("", "", "IV 2(g)", "Governance", "MANAGE 1.1", "", ""), ("conclusion",), ("approver",)),
    Topic("risks", ("8", "", "IV 5; Art. 9", "", "MAP 5.1, MANAGE 1.2", "", "")),
    Topic("security", ("", "", "IV 2(h); Art. 15(5)", "", "MEASURE 2.7", "", "")),
    Topic("conformity", ("", "", "IV 7, 8", "", "GOVERN 1.1", "", "")),
    Topic("environment", ("8", "", "", "", "MEASURE 2.12", "", "")),
)


def crosswalk(document: Document, page: str) -> tuple[Row, ...]:
    """Every topic with its state; of its places those are named that the page has."""
    anchors = ALWAYS | frozenset(ANCHOR.findall(page))
    return tuple(_row(topic, document, anchors) for topic in TOPICS)


def _row(topic: Topic, document: Document, anchors: frozenset[str]) -> Row:
    lacking = tuple(key for key in topic.card if not getattr(document.card, key))
    places = tuple(place for place in topic.places if place in anchors)
    items = tuple((name, item) for name, item in zip(STANDARDS, topic.items, strict=True) if item)
    state = _state(topic, document, lacking)
    named = (*places, "background-owners") if state == "stated" else places if state == "measured" else ()
    return Row(topic.key, state, named, lacking if state != "beyond" else (), items)


def _state(topic: Topic, document: Document, lacking: tuple[str, ...]) -> State:
    if topic.measured is not None:
        return "measured" if topic.measured(document) else "open"
    if topic.card:
        return "open" if len(lacking) == len(topic.card) else "stated"
    return "beyond"
