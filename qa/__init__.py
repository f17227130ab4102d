"""Question in, answer out: exact answers from one article, with the evidence, or "it does not say"."""

from qa.article import Article, load_article
from qa.errors import ArticleError, DispatchError, EvaluationError, ModelError, QuestionError
from qa.pipeline import ArticleQA, Models, ask
from qa.types import Answer, Evidence

__all__ = [
    "Answer",
    "Article",
    "ArticleError",
    "ArticleQA",
    "DispatchError",
    "EvaluationError",
    "Evidence",
    "ModelError",
    "Models",
    "QuestionError",
    "ask",
    "load_article",
]
