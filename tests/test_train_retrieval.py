"""What the retriever is trained on: real data of this repository, and no model."""

from __future__ import annotations

import gzip
import json
from itertools import islice
from pathlib import Path

from embeddings.train.corpora import SECTIONS_FILE
from embeddings.train.retrieval import headed_sections, neighbours

SEEDS = Path(__file__).resolve().parents[1] / "seeds"


def find_contexts() -> list[str]:
    files = [SEEDS / name / "train.json" for name in ("dispatches", "more_dispatches")]
    entries = [e for path in files for e in json.loads(path.read_text(encoding="utf-8"))["data"]]
    return [paragraph["context"] for entry in entries for paragraph in entry["paragraphs"]]


def test_a_dispatch_gives_its_own_paragraph_and_another_of_the_same_text(tmp_path: Path) -> None:
    contexts = find_contexts()
    for question, right, wrong in islice(neighbours(tmp_path, seed=0), 0, 4_000, 40):
        assert question.strip()
        assert right != wrong
        assert any(right in context and wrong in context for context in contexts)


def test_the_same_seed_gives_the_same_rows(tmp_path: Path) -> None:
    first, again = (list(islice(neighbours(tmp_path, seed=3), 50)) for _ in range(2))
    assert first == again
    assert first != list(islice(neighbours(tmp_path, seed=4), 50))


def test_a_heading_meets_the_section_of_the_other_language(tmp_path: Path) -> None:
    (tmp_path / "parallel").mkdir()
    rows = "".join(f"Title {i}\tTitre {i}\tSection {i}\tArticle {i}\n" for i in range(6))
    (tmp_path / "parallel" / SECTIONS_FILE).write_bytes(gzip.compress(rows.encode()))
    found = list(headed_sections(tmp_path, seed=0))
    assert {tuple(text.split()[0] for text in pair) for pair in found} == {("Title", "Article"), ("Titre", "Section")}
    assert all(question.split()[1] == section.split()[1] for question, section in found)
