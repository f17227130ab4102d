"""Stand-ins for the models: articles whose answers are planned, with exact offsets."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from watched import watch

from embeddings.types import Passage
from qa.annotation import annotate
from qa.article import Article, load_article
from qa.pipeline import check_question
from qa.selection import find_sentence
from qa.types import Alternative, Answer, RetrievedPassage, Timing
from qa.web.stopping import check


@dataclass(frozen=True)
class Planned:
    """A planned answer: texts of the article, best first; `sure` is the probability of the first; `seconds`
    is how long it takes."""

    texts: tuple[str, ...]
    sure: float = 0.93
    seconds: float = 0.0


@dataclass(eq=False)
class PlannedArticle:
    """Answers what was planned, case aside, and refuses everything else near its first sentence."""

    article: Article
    plan: Mapping[str, Planned] = field(default_factory=dict)
    threshold: float = 0.5
    asked: list[str] = field(default_factory=list)

    @property
    def identity(self) -> dict[str, str]:
        return {"article": self.article.sha256, "models": "planned"}

    def reopen(self, article: Article, progress: bool = False) -> PlannedArticle:
        """An article of many paragraphs takes as many steps, as an encoder does that shows its progress."""
        from tqdm.auto import tqdm

        for _ in tqdm(article.paragraphs[: len(article.paragraphs) // 10], disable=not progress):
            check()
            time.sleep(0.1)
        return PlannedArticle(article, self.plan, self.threshold)

    def ask_many(self, questions: Sequence[str]) -> list[Answer]:
        return [self.ask(question) for question in questions]

    def ask(self, question: str, threshold: float | None = None) -> Answer:
        asked = check_question(question)
        self.asked.append(asked)
        text = self.article.text
        planned = self.plan.get(asked.lower(), Planned((text.split()[0],), 0.08))
        time.sleep(planned.seconds)
        spans = [(text.index(t), text.index(t) + len(t)) for t in planned.texts if t in text]
        spans = spans if spans else [(0, 1)]
        sure = planned.sure if planned.texts[0] in text else 0.05
        answered = sure >= (self.threshold if threshold is None else threshold)
        (start, end), others = spans[0], spans[1:] if answered else spans
        alternatives = tuple(Alternative(text[a:b], a, b, 0.0, find_sentence(self.article, a, b)) for a, b in others)
        answer = Answer(
            question=asked,
            text=text[start:end] if answered else "",
            start=start if answered else 0,
            end=end if answered else 0,
            answered=answered,
            no_answer_probability=1 - sure,
            reason="answered" if answered else "low_confidence",
            evidence=find_sentence(self.article, start, end),
            alternatives=alternatives,
            passages=(RetrievedPassage(Passage(0, 0, len(text), text), 0.2, 1.0),),
            timing=Timing(1.0, 2.0, 3.0),
            models={"profile": "planned"},
        )
        return annotate(answer, self.article)


SEED_PLAN = {
    "why did ntm-i end?": Planned(("Bagdad eut refusé d'accorder l'immunité aux militaires alliés", "2003")),
    "pourquoi la ntm-i a-t-elle pris fin ?": Planned(("Bagdad eut refusé d'accorder l'immunité", "98%")),
    "quand aura lieu le sommet ?": Planned(("11 et 12 juillet prochains", "2004 à 2011", "2003"), 0.91),
    "when will the summit be held?": Planned(("11 et 12 juillet prochains", "2004 à 2011", "2003"), 0.91),
    "où aura lieu le sommet ?": Planned(("Bruxelles",), 0.88),
    "where will the summit be held?": Planned(("Bruxelles",), 0.88),
    "what does ntm-i stand for?": Planned(("NATO Training Mission in Irak",), 0.97),
    "who spoke slowly?": Planned(("M. Stoltenberg",), 0.9, seconds=4.0),
    "que signifie ntm-i ?": Planned(("NATO Training Mission in Irak",), 0.97),
    "où brille le phare ?": Planned(("à Lannoz",), 0.9),
}
"""Answers on the dispatch in seeds/, and one on the invented article of the page's tests."""


def main() -> None:
    """Serve the page with planned answers: `python tests/web_fakes.py FEEDBACK_FILE HOSTS_FILE`."""
    watch(Path(sys.argv[2]))
    from qa.web.server import serve

    serve(PlannedArticle(load_article(), SEED_PLAN), port=0, feedback=Path(sys.argv[1]), mcp=True)


if __name__ == "__main__":
    main()
