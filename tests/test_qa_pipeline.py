"""Whatever the article, the models and the question: an answer is the article's own characters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest
from conftest import ARTICLE, build_reader_folder
from fakes import (
    WHOLE_WORDS,
    WORD_PIECES,
    HashEncoder,
    Plant,
    PlantedReader,
    RandomReader,
    article_texts,
    fake_models,
)
from hypothesis import given
from hypothesis import strategies as st

from embeddings.bundle import write_manifest
from embeddings.encoder import EncoderSource, load_encoder
from embeddings.types import PassageSettings
from qa.article import Article
from qa.calibration import Calibration
from qa.config import Profile, ReaderSettings, RetrievalSettings
from qa.errors import ArticleError, ModelError, QuestionError
from qa.pipeline import MAX_QUESTION_CHARACTERS, ArticleQA, Models, ask
from qa.types import Answer, Window, WindowLogits

READING = ReaderSettings(max_tokens=64, max_question_tokens=16, stride=8)


class RecordingReader(RandomReader):
    """Remembers the windows it was given."""

    def __init__(self) -> None:
        super().__init__(pattern=WORD_PIECES)
        self.windows: list[Window] = []

    def read(self, requests: Sequence[tuple[str, Sequence[Window]]]) -> list[list[WindowLogits]]:
        self.windows += [window for _, windows in requests for window in windows]
        return super().read(requests)


def assert_sound(answer: Answer, text: str) -> None:
    """What holds of every answer ever returned."""
    assert text[answer.start : answer.end] == answer.text
    assert bool(answer) is answer.answered is (answer.text != "") is (answer.reason == "answered")
    assert 0 <= answer.confidence <= 1
    assert answer.confidence == (1 - answer.no_answer_probability if answer else answer.no_answer_probability)
    assert (answer.evidence is None) is (answer.reason == "no_span")
    for other in answer.alternatives:
        assert text[other.start : other.end] == other.text != ""
        assert text[other.evidence.start : other.evidence.end] == other.evidence.text
        assert other.evidence.start <= other.start < other.end <= other.evidence.end
    spans = [(a.start, a.end) for a in answer.alternatives] + ([(answer.start, answer.end)] if answer else [])
    assert all(a[1] <= b[0] or b[1] <= a[0] for a, b in combinations(spans, 2))
    if answer.evidence is not None:
        assert text[answer.evidence.start : answer.evidence.end] == answer.evidence.text
        shown = answer if answer else answer.alternatives[0]
        assert answer.evidence.start <= shown.start < shown.end <= answer.evidence.end
    for found in answer.passages:
        assert text[found.passage.start : found.passage.end] == found.passage.text
        assert -1 <= found.similarity <= 1
        assert 0 <= found.relevance <= 1
    relevances = [found.relevance for found in answer.passages]
    assert relevances == sorted(relevances, reverse=True)


@given(
    article_texts,
    st.integers(0, 999),
    st.sampled_from([WHOLE_WORDS, WORD_PIECES, r"\s?\w{1,2}|[^\w\s]", r"\s*\S"]),
    st.sampled_from([None, 0.0, 0.5, 1.0]),
    st.sampled_from([RetrievalSettings(), RetrievalSettings(2, 0, weight=5.0), RetrievalSettings(n_first=1)]),
)
def test_answers_are_the_articles_own_characters(
    text: str, seed: int, pattern: str, threshold: float | None, retrieval: RetrievalSettings
) -> None:
    models = fake_models(RandomReader(seed, pattern), retrieval=retrieval, passages=PassageSettings(12))
    answer = ArticleQA.load(Article.from_text(text), models).ask("Qui a dit oui à Paris ?", threshold)
    assert_sound(answer, text)
    assert answer.answered or threshold != 0
    json.dumps(answer.to_dict())


@given(article_texts, st.integers(0, 99))
def test_asking_many_is_asking_each(text: str, seed: int) -> None:
    opened = ArticleQA.load(Article.from_text(text), fake_models(RandomReader(seed)))
    questions = [f"Question {i} sur Paris ?" for i in range(3)]
    together = [(a.question, a.text, a.start, a.alternatives, a.passages) for a in opened.ask_many(questions)]
    alone = [opened.ask(question) for question in questions]
    assert together == [(a.question, a.text, a.start, a.alternatives, a.passages) for a in alone]


def test_many_questions_keep_their_order_over_batches() -> None:
    text = "\n\n".join(f"Le pays {i:02} a choisi la ville{i:02}." for i in range(80))
    questions = {f"Et le pays {i:02} ?": Plant(f"ville{i:02}") for i in range(80)}
    models = fake_models(PlantedReader(questions), retrieval=RetrievalSettings(read_all=80))
    opened = ArticleQA.load(Article.from_text(text), models)
    answers = opened.ask_many(list(questions))
    assert [(a.question, a.text) for a in answers] == [(q, plant.phrase) for q, plant in questions.items()]
    assert opened.ask_many([]) == []


@pytest.mark.parametrize(("margin", "answered"), [(3.0, True), (1.5, False), (-5.0, False)])
def test_a_planted_answer_is_given_above_the_calibrated_threshold_only(margin: float, answered: bool) -> None:
    models = fake_models(PlantedReader({"Où ?": Plant("À Bruxelles", margin)}), calibration=Calibration(threshold=0.9))
    answer = ArticleQA.load(Article.from_text(ARTICLE), models).ask(" Où ?\n")
    assert answer.answered is answered
    assert answer.question == "Où ?"
    assert (answer if answered else answer.alternatives[0]).text == "À Bruxelles"


def test_a_small_article_is_read_whole_and_a_large_one_in_part() -> None:
    text = "\n\n".join(f"Le pays {i} refuse." for i in range(40))
    for n, retrieval in ((40, RetrievalSettings(3, 40)), (3, RetrievalSettings(3, 39))):
        answer = ArticleQA.load(text, fake_models(RandomReader(), retrieval=retrieval)).ask("Le pays 7 ?")
        assert len(answer.passages) == n


class CountingReader(PlantedReader):
    """Counts the characters it was given."""

    n_characters = 0

    def read(self, requests: Sequence[tuple[str, Sequence[Window]]]) -> list[list[WindowLogits]]:
        self.n_characters += sum(len(window.text) for _, windows in requests for window in windows)
        return super().read(requests)


def test_all_is_read_only_where_the_most_relevant_passages_leave_doubt() -> None:
    text = "\n\n".join(f"Le pays {i:02} a choisi la ville{i:02}." for i in range(20))
    sure, unsure, elsewhere = "Et le pays 07 ?", "Et le pays 08 ?", "Et le pays 09 ?"
    plants = {sure: Plant("ville07", 2.0), unsure: Plant("ville08", 0.2), elsewhere: Plant("ville15", 2.0)}
    reader = CountingReader(plants)
    opened = ArticleQA.load(text, fake_models(reader, retrieval=RetrievalSettings(n_first=2, sure=1.0)))
    for question, whole in ((sure, False), (unsure, True), (elsewhere, True)):
        reader.n_characters = 0
        (answer,) = opened.ask_many([question], threshold=0)
        assert answer.text == plants[question].phrase
        assert len(answer.passages) == 20
        assert (reader.n_characters > len(text) * 0.9) is whole
    together = [answer.text for answer in opened.ask_many(list(plants), threshold=0)]
    assert together == [plant.phrase for plant in plants.values()]


@pytest.mark.parametrize("question", ["", " \n", "?!", "«\u00a0»", "a" * (MAX_QUESTION_CHARACTERS + 1), "Où \ud83d ?"])
def test_a_question_that_cannot_be_asked_is_refused_before_any_is_read(question: str) -> None:
    reader = RecordingReader()
    opened = ArticleQA.load(ARTICLE, fake_models(reader))
    with pytest.raises(QuestionError) as caught:
        opened.ask_many(["Où ?", question])
    assert "\n" not in str(caught.value)
    assert reader.windows == []
    assert opened.ask("é" * MAX_QUESTION_CHARACTERS).question == "é" * MAX_QUESTION_CHARACTERS


def test_an_index_folder_is_used_again_and_a_strangers_folder_refused(tmp_path: Path) -> None:
    encoder = HashEncoder()
    models = fake_models(RandomReader(), encoder)
    first = ArticleQA.load(ARTICLE, models, index=tmp_path / "index").ask("Où ?", threshold=0)
    n_encoded = encoder.n_passages
    again = ArticleQA.load(ARTICLE, models, index=tmp_path / "index").ask("Où ?", threshold=0)
    assert (again.text, again.passages, encoder.n_passages) == (first.text, first.passages, n_encoded)
    (tmp_path / "letter.txt").write_text("a letter", encoding="utf-8")
    with pytest.raises(ArticleError, match="not an index"):
        ArticleQA.load(ARTICLE, models, index=tmp_path)


def test_windows_leave_room_for_the_question_with_a_real_encoder(encoder_folder: Path) -> None:
    profile = Profile("tiny", EncoderSource(str(encoder_folder)), "random", PassageSettings(24), reading=READING)
    reader, encoder = RecordingReader(), load_encoder(profile.encoder)
    text = "\n\n".join(f"Mission {i} : l’Otan a dit oui. La mission est à Bruxelles." for i in range(9))
    ArticleQA.load(text, Models(profile, encoder, reader, Calibration())).ask("Où ?")
    starts = load_encoder(profile.encoder).token_starts(text)
    room = READING.max_tokens - READING.max_question_tokens - 4
    for window in reader.windows:
        assert ((starts >= window.start) & (starts < window.end)).sum() <= room
    assert len(reader.windows) > 3


def test_real_models_of_every_kind_answer_in_the_articles_words(encoder_folder: Path, reader_folder: Path) -> None:
    source = EncoderSource(str(encoder_folder))
    profile = Profile("tiny", source, str(reader_folder), PassageSettings(24), reading=READING)
    opened = ArticleQA.load(ARTICLE, profile)
    for answer in opened.ask_many(["Qui a dit oui ?", "o" * 1900, "Où ?"], threshold=0):
        assert answer.answered
        assert_sound(answer, ARTICLE)
    assert_sound(ask("Qui a dit oui ?", ARTICLE, profile), ARTICLE)


def test_a_damaged_bundle_is_a_model_error_in_one_line(encoder_folder: Path, tmp_path: Path) -> None:
    folder = build_reader_folder(tmp_path / "tiny", "bert")
    write_manifest(folder, "reader", "tiny", {})
    (folder / "config.json").unlink()
    with pytest.raises(ModelError, match=r"config\.json") as caught:
        Models.load(Profile("tiny", EncoderSource(str(encoder_folder)), str(folder)))
    assert "\n" not in str(caught.value)


def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r"'large'.*compact, hub"):
        Models.load("large")
