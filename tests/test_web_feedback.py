"""The file of thumbs: a full, locked, read-only or damaged one is told, and loses nothing that was kept."""

from __future__ import annotations

import multiprocessing
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from disks import full_disk
from web_fakes import SEED_PLAN, PlannedArticle

from qa.article import load_article
from qa.errors import DispatchError
from qa.web import feedback
from qa.web.feedback import FeedbackStore, export_questions, main
from qa.web.handlers import Handlers
from qa.web.page import build_page
from qa.web.session import Session

QUESTION = "Where will the summit be held?"


def keep(store: FeedbackStore, n: int = 1) -> None:
    opened = PlannedArticle(load_article(), SEED_PLAN)
    for _ in range(n):
        store.add(opened.article, opened.ask(QUESTION), True)


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    """A file with one thumb."""
    made = FeedbackStore(tmp_path / "thumbs.sqlite")
    keep(made)
    return made


def refusal(store: FeedbackStore) -> str:
    with pytest.raises(DispatchError) as caught:
        keep(store)
    assert "\n" not in str(caught.value)
    assert str(store.path) in str(caught.value)
    return str(caught.value)


def test_a_full_disk_is_one_sentence_and_nothing_that_was_kept_is_lost(store: FeedbackStore) -> None:
    with full_disk(store.path.stat().st_size):
        for _ in range(3):
            said = refusal(store)
    assert "the judgement was not kept" in said
    assert len(FeedbackStore(store.path).rows()) == 1
    keep(store)
    assert len(store.rows()) == 2


def test_a_file_that_another_program_holds_is_one_sentence(
    store: FeedbackStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "_WAIT_SECONDS", 0.01)
    with closing(sqlite3.connect(store.path)) as holder:
        holder.execute("begin exclusive")
        assert "database is locked" in refusal(store)
    keep(store)
    assert len(store.rows()) == 2


def test_a_file_that_may_only_be_read_is_one_sentence_and_can_be_exported(store: FeedbackStore) -> None:
    only_read = FeedbackStore(store.path, only_read=True)
    assert "readonly" in refusal(only_read)
    assert len(export_questions(only_read)["data"]) == 1


@pytest.mark.parametrize("place", ["none/a.sqlite", "."])
def test_a_place_where_no_file_can_be_is_one_sentence(place: str, tmp_path: Path) -> None:
    with pytest.raises(DispatchError, match=r"not a feedback file \(unable to open"):
        FeedbackStore(tmp_path / place)


def test_a_judgement_that_was_changed_is_named_and_left_out(store: FeedbackStore) -> None:
    keep(store, 2)
    raw = store.path.read_bytes()
    assert raw.count(QUESTION.encode()) == 3
    store.path.write_bytes(raw.replace(QUESTION.encode(), b"\xff" + QUESTION.encode()[1:], 1))
    [changed] = store.damaged()
    assert changed in (1, 2, 3)
    document = export_questions(FeedbackStore(store.path))
    assert document["damaged"] == [f"feedback-{changed}"]
    assert len(document["data"][0]["paragraphs"][0]["qas"]) == 2


@pytest.mark.parametrize("only_read", [False, True])
def test_a_damaged_file_is_named(only_read: bool, store: FeedbackStore) -> None:
    keep(store, 20)
    raw = bytearray(store.path.read_bytes())
    raw[4096 : 4096 + 64] = bytes(64)
    store.path.write_bytes(raw)
    with pytest.raises(DispatchError, match=r"thumbs\.sqlite: not a feedback file") as caught:
        FeedbackStore(store.path, only_read)
    assert "\n" not in str(caught.value)


def test_another_programs_database_is_refused_and_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table feedback (id integer primary key, note text)")
    before = path.read_bytes()
    with pytest.raises(DispatchError, match=r"not a feedback file \(no such column"):
        FeedbackStore(path)
    assert main([str(path)]) == 2
    assert "not a feedback file" in capsys.readouterr().err
    assert path.read_bytes() == before


def _keep_many(path: Path) -> None:
    keep(FeedbackStore(path), 25)


def test_two_servers_may_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "thumbs.sqlite"
    context = multiprocessing.get_context("fork")
    running = [context.Process(target=_keep_many, args=(path,)) for _ in range(2)]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0, 0]
    assert len(FeedbackStore(path).rows()) == 50


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Not kept: the file of thumbs"), ("fr", "Non conservé : le fichier")]
)
def test_the_page_says_what_was_not_kept(
    language: str, said: str, store: FeedbackStore, caplog: pytest.LogCaptureFixture
) -> None:
    do = Handlers(PlannedArticle(load_article(), SEED_PLAN), store)
    session, _ = do.respond(QUESTION, Session(), "en", 0.5, True)
    [judge] = [block.fn for block in build_page(do).fns.values() if [event for _, event in block.targets] == ["like"]]
    thumb: Any = gr.LikeData(None, {"index": 1, "value": "", "liked": True})
    assert judge is not None
    with full_disk(store.path.stat().st_size):
        notices = [judge(thumb, session, language) for _ in range(3)]
    assert said in notices[-1]
    assert str(store.path) in caplog.text
    assert said not in judge(thumb, session, language)
