"""Questions made from an article, and the round trip that keeps them."""

from __future__ import annotations

from dataclasses import replace

from web_fakes import Planned, PlannedArticle

from qa.article import Article, load_article
from qa.suggestions import make_candidates, suggest

FERRY = (
    "Le bac de Lannoz (BDL) reprendra en 2021. Quelque 400 passagers ont été bloqués dimanche.\n\n"
    '"Nous sommes prêts à partir demain", a dit la capitaine Maud Prigent.\n\n'
    "Le départ a été retardé en raison de la tempête qui frappait la côte."
)


def test_each_question_remembers_the_span_it_was_made_from() -> None:
    made = {c.question: FERRY[c.start : c.end] for c in make_candidates(FERRY, "fr")}
    assert (
        made["Combien de passagers ont été bloqués dimanche ?"] == "Quelque 400"
        or made["Combien de passagers ont été bloqués dimanche ?"] == "400"
    )
    assert made["Qui a dit « Nous sommes prêts à partir demain » ?"] == "la capitaine Maud Prigent"
    assert made["Pourquoi le départ a été retardé ?"].startswith("en raison de la tempête")
    assert "Que signifie BDL ?" in made


def test_english_questions_on_a_french_article_need_no_translation() -> None:
    questions = [c.question for c in make_candidates(FERRY, "en")]
    assert "Who said “Nous sommes prêts à partir demain”?" in questions
    assert not any(question.startswith(("Combien", "Pourquoi", "How many")) for question in questions)


def test_only_questions_that_find_their_way_back_are_kept() -> None:
    plan = {
        "qui a dit « nous sommes prêts à partir demain » ?": Planned(("la capitaine Maud Prigent",), 0.9),
        "pourquoi le départ a été retardé ?": Planned(("400",), 0.99),
    }
    article = PlannedArticle(Article.from_text(FERRY), plan)
    assert suggest(FERRY, "fr", article) == ["Qui a dit « Nous sommes prêts à partir demain » ?"]


def test_most_confident_come_first_and_two_at_most_of_one_sentence() -> None:
    class Echo(PlannedArticle):
        """Answers every candidate with its own span."""

        def ask_many(self, questions):  # type: ignore[no-untyped-def]
            spans = {c.question: c for c in make_candidates(self.article.text, "fr")}
            answers = []
            for i, question in enumerate(questions):
                found = spans[question]
                text = self.article.text[found.start : found.end]
                answers.append(
                    replace(
                        self.ask(question),
                        answered=True,
                        text=text,
                        start=found.start,
                        end=found.end,
                        no_answer_probability=1 / (i + 2),
                        evidence=None,
                    )
                )
            return answers

    article = load_article()
    chosen = suggest(article.text, "fr", Echo(article))
    assert len(chosen) == 5
    assert chosen[0] == make_candidates(article.text, "fr")[-1].question


def test_text_without_patterns_has_no_suggestion() -> None:
    assert suggest("Rien.", "fr", PlannedArticle(Article.from_text("Rien."))) == []
