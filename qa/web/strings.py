"""What the page says, in English and French."""

from __future__ import annotations

from qa.language import Language

_ENGLISH = {
    "title": "Dispatch QA",
    "intro": "Ask about the article in English or French. Answers are the article’s own words.",
    "chat": "Questions and answers",
    "question": "Your question",
    "placeholder": "Your question on the article…",
    "send": "Ask",
    "stop": "Stop",
    "stopped": "Stopped.",
    "clear": "Clear",
    "language": "Français",
    "theme": "Light / dark",
    "article": "Article",
    "articles": "Article to ask",
    "all_articles": "All articles",
    "suggested": "Questions to start with",
    "empty_chat": "Ask a question: the answer’s place is marked in the article.",
    "words": "{n} words",
    "minutes": "{n} min read",
    "no_date": "no date line",
    "not_said": "The article does not say.",
    "off_topic": "Nothing in the article is about this.",
    "detail_missing": "The article touches on this, but does not give this detail.",
    "unknown_premise": "The question takes something for granted that the article never mentions: {unknown}.",
    "closest": "Closest passage, not an answer",
    "sentence": "In the article",
    "paragraph": "paragraph {n}",
    "in_article": "in {name}",
    "elsewhere": "Also possible",
    "understood": "Understood as",
    "quoted": "{name}, quoted",
    "reported": "according to {name}",
    "agency": "the agency {name}",
    "own_voice": "the article itself",
    "computed": "computed from the date line",
    "confidence": "confidence",
    "sure": "sure",
    "fairly_sure": "fairly sure",
    "unsure": "unsure",
    "very_unsure": "very unsure",
    "absent": "{sure} that it does not say",
    "copy": "Copy",
    "edit": "Edit",
    "retry": "Ask again",
    "sorry": "That did not work: {reason}",
    "failed": "Something went wrong on this side. Please ask again.",
    "busy": "The server has too much to do just now. Try again in a moment.",
    "late": "No answer within {n} seconds: the server has too much to do. Ask again in a moment.",
    "late_article": "Not read within {n} seconds. Try a shorter article, or again in a moment.",
    "ended": "This session has ended, and its articles with it: the connection broke, or others needed the room. "
    "Reload the page to begin again.",
    "open": "Open your own article",
    "open_hint": "Text, Markdown, HTML, PDF or Word, up to 5 MB. It stays in this browser tab’s session and is never "
    "stored.",
    "choose_file": "Choose a file",
    "paste": "Or paste its text",
    "paste_placeholder": "Paste an article here…",
    "read": "Read this text",
    "reading": "Reading the article",
    "opened": "{name} is open: {n} words.",
    "pasted": "text {n}",
    "settings": "Settings",
    "threshold": "How sure it must be to answer",
    "threshold_hint": "Lower answers more often, higher is more careful.",
    "follow_ups": "Understand follow-up questions such as “and when?”",
    "measure": "What this costs and gains on the public questions",
    "measured": "At {threshold}, of {n} public questions: it answers {n_right} of {n_answerable} rightly and "
    "{n_wrong} wrongly, keeps silent on {n_missed} it could have answered, and refuses {n_refused} of {n_impossible} "
    "that have no answer.",
    "no_measure": "The public questions are not in this installation.",
    "export_markdown": "Export Markdown",
    "export_json": "Export JSON",
    "nothing_to_export": "There is no question yet.",
    "thanks": "Thank you, noted.",
    "not_kept": "Not kept: only answers about the page’s own article are.",
    "not_written": "Not kept: the file of thumbs cannot be written just now.",
    "help": "Help, and what it cannot do",
    "help_text": "**Ask** in English or French; the answer is a piece of the article, word for word, with its "
    "sentence. In the article the answer is marked strongly, its sentence lightly, other candidates are outlined. "
    "Every answer and every “also possible” is a link that shows its place again.\n\n"
    "**It cannot** summarise, translate, count, add or compare; it knows nothing but the article. An answer that "
    "rests on two distant sentences is out of its reach. Some questions that assume something false get an answer "
    "all the same: read the sentence. Who says so and computed dates are found by rules and can be wrong.\n\n"
    "**Keys**: Enter asks, Escape stops, Shift+Enter begins a new line, Tab walks through answers, links and the "
    "article, arrow keys scroll the article.\n\n"
    "**Private**: the page asks no other host; your own article is kept in memory for this session only.",
}
_FRENCH = {
    "title": "Dispatch QA",
    "intro": "Interrogez l’article en français ou en anglais. Les réponses sont ses propres mots.",
    "chat": "Questions et réponses",
    "question": "Votre question",
    "placeholder": "Votre question sur l’article…",
    "send": "Demander",
    "stop": "Arrêter",
    "stopped": "Arrêté.",
    "clear": "Effacer",
    "language": "English",
    "theme": "Clair / sombre",
    "article": "Article",
    "articles": "Article interrogé",
    "all_articles": "Tous les articles",
    "suggested": "Questions pour commencer",
    "empty_chat": "Posez une question : l’endroit de la réponse est marqué dans l’article.",
    "words": "{n} mots",
    "minutes": "{n} min de lecture",
    "no_date": "sans date",
    "not_said": "L’article ne le dit pas.",
    "off_topic": "Rien dans l’article ne porte sur ce sujet.",
    "detail_missing": "L’article aborde ce sujet, mais ne donne pas ce détail.",
    "unknown_premise": "La question suppose quelque chose dont l’article ne parle pas : {unknown}.",
    "closest": "Passage le plus proche, sans être une réponse",
    "sentence": "Dans l’article",
    "paragraph": "paragraphe {n}",
    "in_article": "dans {name}",
    "elsewhere": "Aussi possible",
    "understood": "Compris comme",
    "quoted": "{name}, en citation",
    "reported": "selon {name}",
    "agency": "l’agence {name}",
    "own_voice": "l’article lui-même",
    "computed": "calculé d’après la date de la dépêche",
    "confidence": "confiance",
    "sure": "sûr",
    "fairly_sure": "plutôt sûr",
    "unsure": "peu sûr",
    "very_unsure": "très peu sûr",
    "absent": "{sure} qu’il ne le dit pas",
    "copy": "Copier",
    "edit": "Modifier",
    "retry": "Redemander",
    "sorry": "Cela n’a pas marché : {reason}",
    "failed": "Une erreur est survenue de ce côté. Posez la question à nouveau.",
    "busy": "Le serveur a trop à faire en ce moment. Réessayez dans un instant.",
    "late": "Pas de réponse en {n} secondes : le serveur a trop à faire. Redemandez dans un instant.",
    "late_article": "Pas lu en {n} secondes. Essayez un article plus court, ou dans un instant.",
    "ended": "Cette session est finie, et ses articles avec elle : la connexion a été coupée, ou d’autres avaient "
    "besoin de la place. Rechargez la page pour recommencer.",
    "open": "Ouvrir votre propre article",
    "open_hint": "Texte, Markdown, HTML, PDF ou Word, jusqu’à 5 Mo. Il reste dans la session de cet onglet et n’est "
    "jamais enregistré.",
    "choose_file": "Choisir un fichier",
    "paste": "Ou collez son texte",
    "paste_placeholder": "Collez un article ici…",
    "read": "Lire ce texte",
    "reading": "Lecture de l’article",
    "opened": "{name} est ouvert : {n} mots.",
    "pasted": "texte {n}",
    "settings": "Réglages",
    "threshold": "Assurance exigée pour répondre",
    "threshold_hint": "Plus bas, elle répond plus souvent ; plus haut, elle est plus prudente.",
    "follow_ups": "Comprendre les questions de suite, comme « et quand ? »",
    "measure": "Ce que cela coûte et rapporte sur les questions publiques",
    "measured": "À {threshold}, sur {n} questions publiques : {n_right} bonnes réponses sur {n_answerable} "
    "possibles et {n_wrong} mauvaises, {n_missed} silences de trop, et {n_refused} refus sur les {n_impossible} "
    "questions sans réponse.",
    "no_measure": "Les questions publiques ne sont pas dans cette installation.",
    "export_markdown": "Exporter en Markdown",
    "export_json": "Exporter en JSON",
    "nothing_to_export": "Il n’y a pas encore de question.",
    "thanks": "Merci, c’est noté.",
    "not_kept": "Non conservé : seules le sont les réponses sur l’article de la page.",
    "not_written": "Non conservé : le fichier des pouces ne peut pas être écrit pour l’instant.",
    "help": "Aide, et ce qu’elle ne sait pas faire",
    "help_text": "**Demandez** en français ou en anglais ; la réponse est un morceau de l’article, mot pour mot, avec "
    "sa phrase. Dans l’article, la réponse est marquée fortement, sa phrase légèrement, les autres candidates sont "
    "encadrées. Chaque réponse et chaque « aussi possible » est un lien qui en montre à nouveau la place.\n\n"
    "**Elle ne sait pas** résumer, traduire, compter, additionner ni comparer ; elle ne connaît que l’article. Une "
    "réponse qui repose sur deux phrases éloignées est hors de sa portée. Certaines questions qui supposent une chose "
    "fausse reçoivent tout de même une réponse : lisez la phrase. Qui le dit et les dates calculées sont trouvés par "
    "des règles, qui peuvent se tromper.\n\n"
    "**Clavier** : Entrée demande, Échap arrête, Maj+Entrée va à la ligne, Tab parcourt réponses, liens et "
    "article, les flèches font défiler l’article.\n\n"
    "**Privé** : la page n’interroge aucun autre hôte ; votre article n’est gardé qu’en mémoire, pour cette session.",
}

STRINGS: dict[Language, dict[str, str]] = {"en": _ENGLISH, "fr": _FRENCH}


def say(language: Language, key: str, **values: object) -> str:
    """One phrase in one language, its {places} filled."""
    phrase = STRINGS[language][key]
    return phrase.format(**values) if values else phrase
