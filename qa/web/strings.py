"""What the page says, in English and French."""

from __future__ import annotations

from qa.language import Language

STRINGS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Dispatch QA",
        "intro": "Ask about the article in English or French. Answers are the article's own words.",
        "chat": "Questions and answers",
        "question": "Your question",
        "placeholder": "Ask a question about the article…",
        "send": "Ask",
        "clear": "Clear",
        "article": "Article",
        "not_said": "The article does not say.",
        "closest": "Closest passage",
        "sentence": "In the article",
        "paragraph": "paragraph",
        "confidence": "confidence",
        "sorry": "That did not work: {reason}",
        "failed": "Something went wrong on this side. Please ask again.",
    },
    "fr": {
        "title": "Dispatch QA",
        "intro": "Interrogez l’article en français ou en anglais. Les réponses sont ses propres mots.",
        "chat": "Questions et réponses",
        "question": "Votre question",
        "placeholder": "Posez une question sur l’article…",
        "send": "Demander",
        "clear": "Effacer",
        "article": "Article",
        "not_said": "L’article ne le dit pas.",
        "closest": "Passage le plus proche",
        "sentence": "Dans l’article",
        "paragraph": "paragraphe",
        "confidence": "confiance",
        "sorry": "Cela n’a pas marché : {reason}",
        "failed": "Une erreur est survenue de ce côté. Posez la question à nouveau.",
    },
}


def say(language: Language, key: str) -> str:
    """One phrase in one language."""
    return STRINGS[language][key]
