"""What comes from files moves and recolours nothing on a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_fakes import PlannedArticle

from qa.article import load_article
from qa.printable import printable, printable_json
from qa.web.feedback import FeedbackStore, main

CONTROLS = {chr(code) for code in (*range(10), *range(11, 32), *range(127, 160))} - {"\t"}


@given(st.text())
def test_printed_text_and_json_hold_no_control_character(text: str) -> None:
    assert not CONTROLS & {*printable(text), *printable_json({text: [text]})}
    assert len(printable(text)) == len(text)


@given(st.text())
def test_printed_json_reads_back(text: str) -> None:
    assert json.loads(printable_json({text: [text]})) == {text: [text]}


def test_judged_questions_are_printed_without_their_control_characters(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, asked = tmp_path / "thumbs.sqlite", "Qui \x9b2J \x1b[31m \x7f ?"
    opened = PlannedArticle(load_article())
    FeedbackStore(path).add(opened.article, opened.ask(asked), True)
    assert main([str(path)]) == 0
    printed = capsys.readouterr().out
    assert not CONTROLS & set(printed)
    assert json.loads(printed)["data"][0]["paragraphs"][0]["qas"][0]["question"] == asked
