"""No sentence without a translation, and no translation that loses a fact."""

import re

from tests.render.messages import extracted, translated

PLACES = re.compile(r"%\((\w+)\)s")


def test_every_sentence_is_translated() -> None:
    known = {message.id for message in translated() if message.id and message.string}
    assert [message.id for message in extracted() if message.id and message.id not in known] == []


def test_no_translation_is_left_over() -> None:
    needed = {message.id for message in extracted()}
    assert [message.id for message in translated() if message.id and message.id not in needed] == []


def test_translations_hold_the_same_facts() -> None:
    pairs = [(str(message.id), str(message.string)) for message in translated() if message.id and message.string]
    assert [(a, b) for a, b in pairs if set(PLACES.findall(a)) != set(PLACES.findall(b))] == []


def test_lone_percent_signs_are_doubled_only_beside_facts() -> None:
    for message in translated():
        text = str(message.string)
        if message.id and message.string and PLACES.search(text):
            text % dict.fromkeys(PLACES.findall(text), "1")
