"""Who says so, on the seed and on invented dispatches in both languages."""

from __future__ import annotations

import time

import pytest

from qa import attribution
from qa.article import load_article
from qa.attribution import find_speaker
from qa.types import Speaker

LIGHTHOUSE = (
    "BREST, 4 mai (agence) - Le phare de Kermorvan va fermer, a annoncé mardi la préfète maritime Anne Le Goff.\n\n"
    '"La lampe a cent ans", a-t-elle déclaré devant la presse. Elle a précisé que 12 gardiens seraient reclassés.\n\n'
    "Selon une source syndicale, la fermeture coûtera 3 millions d'euros. Le phare date de 1874.\n\n"
    "Le maire, Paul Kerdoncuff, a évalué la perte à 40.000 euros. Les travaux dureront deux ans, d'après le "
    "directeur du port.\n\n"
    "On estime à la mairie que dix emplois sont menacés. M. Kerdoncuff a jugé que ce choix était « une folie »."
)
MINE = (
    "date 2019-05 The mine at Stenhamra will reopen in June, the company said.\n\n"
    '"We have waited long enough," said Ingrid Halvorsen, who leads the local council.\n\n'
    "According to the union, 300 people lost their jobs. Mrs Halvorsen told reporters that wages would rise by "
    "4 percent. The shaft is 900 metres deep."
)


def _speaker(text: str, span: str) -> Speaker:
    start = text.index(span)
    found = find_speaker(text, start, start + len(span))
    assert text[found.start : found.end] == found.name
    assert text[found.cue_start : found.cue_end] == found.cue
    return found


@pytest.mark.parametrize(
    ("span", "kind", "name", "cue"),
    [
        ("va fermer", "reported", "la préfète maritime Anne Le Goff", "a annoncé"),
        ("cent ans", "quoted", "elle", "a-t-elle déclaré"),
        ("12 gardiens", "reported", "Elle", "a précisé"),
        ("3 millions d'euros", "reported", "une source syndicale", "Selon"),
        ("1874", "agency", "agence", "(agence)"),
        ("40.000 euros", "agency", "agence", "(agence)"),
        ("deux ans", "reported", "le directeur du port", "d'après"),
        ("dix emplois", "reported", "à la mairie", "On estime"),
        ("une folie", "quoted", "M. Kerdoncuff", "a jugé"),
    ],
)
def test_french_cues(span: str, kind: str, name: str, cue: str) -> None:
    found = _speaker(LIGHTHOUSE, span)
    assert (found.kind, found.name, found.cue) == (kind, name, cue)


@pytest.mark.parametrize(
    ("span", "kind", "name", "cue"),
    [
        ("in June", "reported", "the company", "said"),
        ("waited long enough", "quoted", "Ingrid Halvorsen", "said"),
        ("300 people", "reported", "the union", "According to"),
        ("4 percent", "reported", "Mrs Halvorsen", "told"),
        ("900 metres", "article", "", ""),
    ],
)
def test_english_cues(span: str, kind: str, name: str, cue: str) -> None:
    found = _speaker(MINE, span)
    assert (found.kind, found.name, found.cue) == (kind, name, cue)


def test_pronoun_stands_for_the_last_speaker_of_its_gender_and_nobody_else() -> None:
    assert _speaker(LIGHTHOUSE, "cent ans").resolved == "la préfète maritime Anne Le Goff"
    alone = '"C\'est fini", a-t-il dit. Selon Mme Roux, tout commence.'
    assert _speaker(alone, "fini").resolved is None


def test_a_pronouns_name_is_looked_for_near_it_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []
    whole = attribution._cues

    def watched(text: str, start: int, end: int) -> list[attribution._Cue]:
        looked_at.append(end - start)
        return whole(text, start, end)

    monkeypatch.setattr(attribution, "_cues", watched)
    filler = "La mer est calme au large de Kermorvan.\n\n" * 10_000
    assert _speaker(f"{LIGHTHOUSE}\n\n{filler}", "cent ans").resolved == "la préfète maritime Anne Le Goff"
    far = _speaker(f"La préfète Anne Le Goff a déclaré cela.\n\n{filler}Il pleut, a-t-elle dit.\n\n{filler}", "pleut")
    assert (far.name, far.resolved) == ("elle", None)
    assert sum(looked_at) < 6 * attribution.NEAR


def test_speakers_own_name_is_not_said_by_the_speaker() -> None:
    assert _speaker(LIGHTHOUSE, "Anne Le Goff").kind == "agency"
    assert _speaker(MINE, "Ingrid Halvorsen").kind == "article"


@pytest.mark.parametrize(
    ("span", "kind", "said_by"),
    [
        ("début de la planification", "quoted", "M. Stoltenberg"),
        ("conférence de presse", "article", ""),
        ("plus durables", "quoted", "M. Stoltenberg"),
        ("98%", "reported", "M. Stoltenberg"),
        ("11 et 12 juillet prochains", "reported", "M. Stoltenberg"),
        ("plusieurs centaines", "reported", "à l'Otan"),
        ("immunité", "article", ""),
        ("Les leçons", "quoted", "une source diplomatique européenne"),
        ("une source diplomatique", "article", ""),
    ],
)
def test_seed(span: str, kind: str, said_by: str) -> None:
    found = _speaker(load_article().text, span)
    assert found.kind == kind
    assert (found.name if found.resolved is None else found.resolved) == said_by


@pytest.mark.parametrize("text", ["a", "« »", "a-t-il dit", 'Selon , "', "said said said", "(AFP)" * 30, "\u2029x\r\n"])
def test_any_text_has_a_speaker_for_any_span(text: str) -> None:
    for start in range(len(text)):
        assert find_speaker(text, start, len(text)).kind in ("quoted", "reported", "agency", "article")


@pytest.mark.parametrize("piece", ["« ", "“", '"', "selon ", "a-t-il dit, ", "(", "M. "])
def test_a_line_without_end_credits_nobody_and_takes_no_time(piece: str) -> None:
    text = f"{piece * (200_000 // len(piece))}Paris"
    started = time.process_time()
    assert find_speaker(text, len(text) - 5, len(text)).kind == "article"
    assert time.process_time() - started < 5
