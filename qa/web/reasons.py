"""Errors in the page's language: English is their own message, French is said here from kind and facts."""

from __future__ import annotations

from qa.errors import ArticleError, DispatchError, ModelError, QuestionError
from qa.language import Language

REASONS: dict[str, str] = {
    "empty": "{name} : l’article est vide ; il faut un texte à interroger",
    "wordless": "{name} : l’article n’a ni lettre ni chiffre ; il faut un texte à interroger",
    "surrogate": "{name} : le texte contient un caractère incomplet ; retirez-le",
    "encoding": "{name} : ce n’est pas du {encoding} valide (octet {at}) ; enregistrez-le en UTF-8",
    "binary": "{name} : un fichier binaire, pas du texte ; il faut {expected}",
    "type": "{name} : les fichiers de type « {suffix} » ne sont pas lus ; il faut {expected}",
    "too_large": "{name} : le fichier est trop grand, {limit} Mo au plus ; divisez-le",
    "locked": "{name} : le PDF est protégé par un mot de passe ; enregistrez-le sans",
    "pages": "{name} : {n} pages, {limit} au plus sont lues ; divisez le fichier",
    "damaged": "{name} : ce n’est pas un fichier {format} lisible ; enregistrez-le à nouveau, ou collez son texte",
    "costly": "{name} : le lire demande plus de {seconds} s ou de {megabytes} Mo ; divisez-le, ou collez son texte",
    "pictures": "{name} : le PDF n’a pas de texte, peut-être seulement des images ; collez plutôt le texte",
    "upload": "{name} : le fichier est vide, ou dépasse {limit} Mo ; choisissez-en un autre",
    "cut": "{name} : le fichier n’est pas arrivé entier ; ouvrez-le à nouveau",
    "too_many": "{n} articles au plus peuvent être ouverts ; rechargez la page pour recommencer",
    "no_question": "la question est vide ; posez une question sur l’article",
    "long_question": "la question a {n} caractères, {limit} au plus sont lus ; raccourcissez-la",
    "question_surrogate": "la question contient un caractère incomplet ; retirez-le",
}
"""What went wrong, by the error's kind."""
_BY_CLASS: tuple[tuple[type[DispatchError], str], ...] = (
    (QuestionError, "la question n’a pas pu être lue"),
    (ArticleError, "l’article n’a pas pu être lu"),
    (ModelError, "un modèle n’a pas pu être ouvert"),
    (DispatchError, "l’opération n’a pas abouti"),
)


def explain(error: DispatchError, language: Language) -> str:
    """The error's reason. French for a kind it does not know names the class of error only: an English
    message in the middle of a French page helps nobody."""
    if language == "en":
        return str(error)
    if error.kind in REASONS:
        return REASONS[error.kind].format(**error.fields)
    return next(phrase for kind, phrase in _BY_CLASS if isinstance(error, kind))
