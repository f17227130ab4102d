"""The words that attribute speech, as patterns: French and English verbs, prepositions, titles, agencies."""

from __future__ import annotations

import re

_FRENCH_PAST = (
    "dit|déclaré|affirmé|ajouté|souligné|précisé|indiqué|annoncé|rappelé|estimé|expliqué|assuré|jugé|confié|averti|"
    "reconnu|admis|insisté|martelé|lancé|raconté|plaidé|regretté|promis|répondu|commenté|conclu|poursuivi|relevé|"
    "noté|observé|prévenu|réagi|fait valoir|fait savoir|écrit|appris|confirmé|démenti|accusé|dénoncé|révélé|rapporté|"
    "témoigné|prédit|nuancé|renchéri|salué|fait remarquer|soutenu|prétendu|calculé|évalué|chiffré"
)
_FRENCH_PRESENT = (
    "dit|déclare|affirme|ajoute|souligne|précise|indique|annonce|rappelle|estime|explique|assure|juge|confie|avertit|"
    "reconnaît|admet|insiste|raconte|plaide|regrette|promet|répond|commente|conclut|poursuit|relève|note|observe|"
    "prévient|soutient|écrit|confirme|révèle|rapporte|évalue|chiffre|confiait|disait|déclarait|affirmait|expliquait|"
    "estimait|assurait|précisait|ajoutait"
)
_FRENCH_GERUND = (
    "disant|déclarant|affirmant|ajoutant|soulignant|précisant|indiquant|annonçant|rappelant|estimant|expliquant|"
    "assurant|jugeant|avertissant|reconnaissant|admettant|insistant|relevant|notant|observant"
)
ENGLISH = (
    "said|says|stated|told|added|adds|announced|announces|explained|explains|stressed|noted|notes|claimed|claims|"
    "warned|warns|argued|argues|recalled|acknowledged|admitted|insisted|confirmed|denied|reported|declared|estimated|"
    "estimates|replied|wrote|writes|observed|conceded|promised|commented"
)
_WHEN = r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|hier)(?: soir| matin)?"
_AUXILIARY = r"(?:a|ont|avait|avaient|aurait|s['’]est|se sont|s['’]était)"
_ADVERB = r"(?:\s+(?:également|aussi|encore|toutefois|cependant|notamment|par ailleurs|\w+ment))?"
_PRONOUN = r"(?:ils?|elles?|on)"

INVERTED_PRONOUN = re.compile(
    rf"(?P<cue>\b(?:{_AUXILIARY}-(?:t-)?(?P<who>{_PRONOUN})\b{_ADVERB}\s+(?:{_FRENCH_PAST})"
    rf"|(?:{_FRENCH_PRESENT})-(?:t-)?(?P<who2>{_PRONOUN})))\b"
)
INVERTED_FRENCH = re.compile(
    rf"(?P<cue>\b{_AUXILIARY}{_ADVERB}\s+(?:{_FRENCH_PAST})(?:e|s|es)?\b)(?!\s+(?:que?\b|qu['’]))\s+(?:{_WHEN}\s+)?"
    r"(?P<np>(?:l['’]|le |la |les |un |une |des |son |sa |ses |leurs? |M\. |Mme |Mlle |MM\. |d['’]autres )?.)"
    rf"|(?P<cue2>(?<=,\s)(?:{_FRENCH_PRESENT})\b)\s+(?:{_WHEN}\s+)?(?P<np2>.)"
)
SUBJECT_FRENCH = re.compile(
    rf"(?P<cue>\b(?:(?:{_AUXILIARY}{_ADVERB}\s+(?:{_FRENCH_PAST})(?:e|s|es)?)|(?:{_FRENCH_PRESENT})(?:nt)?)\b)"
    r"(?=[^.;\"«“]{0,60}?(?:\bque?\b|\bqu['’]|\"|«|“|:)|\s+[^.;]*$)"
)
GERUND = re.compile(rf"(?P<cue>\ben\s+(?:{_FRENCH_GERUND})(?:\s+que\b|\s+qu['’])?)")
SOURCE = re.compile(r"(?P<cue>\b(?:[Ss]elon|[Dd]['’]après|À en croire|[Àà] en croire|[Dd]e source)\s)(?P<np>.)")
COLLECTIVE = re.compile(
    rf"(?P<cue>\b[Oo]n (?:{_FRENCH_PRESENT}|a {_ADVERB}(?:{_FRENCH_PAST}))\b)\s+"
    r"(?P<np>(?:à l['’]|à la |au |aux |à |chez |dans |de source ).)"
)
ACCORDING = re.compile(r"(?P<cue>\b[Aa]ccording to\s)(?P<np>.)")
SUBJECT_ENGLISH = re.compile(rf"(?P<cue>\b(?:has |have |had |also )?(?:{ENGLISH})\b)")
AGENCY = re.compile(r"\((AFP|Reuters|AP|ANSA|EFE|dpa|Belga|ATS|Xinhua|TASS|Bloomberg|PA|agence|agency)\)")
QUOTES = re.compile(r"\"[^\"\n]*\"|«[^»\n]*»|“[^”\n]*”")
PERSON_PRONOUN = re.compile(r"(?:il|elle|he|she)$", re.IGNORECASE)
MASCULINE = re.compile(r"(?:M\.|Mr\b|[Ll]e |[Uu]n |son )")
FEMININE = re.compile(r"(?:Mme|Mrs\b|Ms\b|[Ll]a |[Uu]ne |sa )")
PERSON = re.compile(r"\b(?:M\.|Mme|Mr|Mrs|Ms|[A-ZÉ]\w+ [A-ZÉ]\w+)")
APPOSED_NAME = re.compile(r",\s(?P<name>[A-ZÉ][\w'’-]+(?: (?:de |d['’]|van |von |bin |al-)?[A-ZÉ][\w'’-]+)+),\s*$")
CORE = re.compile(
    r"(?:dit|déclaré|affirmé|ajouté|souligné|précisé|indiqué|annoncé|estimé|expliqué|assuré|jugé|prévenu|averti|"
    r"valoir|savoir|conclu|poursuivi|réagi|appris|dit|affirme|ajoute|souligne|précise|indique|annonce|estime|explique|"
    r"assure|juge|avertit)e?s?$"
)
NP_STOP = re.compile(
    r"[,;:!?\"«»“”()\n]|\.(?!\s?[A-ZÉ]\w+\b.*)|(?<!\bM)(?<!\bMM)(?<!\bMr)(?<!\bDr)(?<!\bMs)(?<!\bMrs)\.\s|\.$|"
    r"\s(?:lors|dans|devant|auprès|pendant|après|avant|au cours|à la presse|à la radio|à des|à l['’]issue|en|qui|que?|"
    r"qu['’]|sur|pour|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|hier|dont|où|et (?:a|ont)|sous|mais|"
    r"publiée?s?|rendue?s?|citée?s?|released|published|seen|quoted|said|told|on|in|at|during|after|before|while|when|"
    r"who|that|to|as|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|yesterday|whose|which|but)(?=[\s'’,.]|$)"
)
NO_SUBJECT = re.compile(
    r"^(?:qui|que|ce|cela|there|which|who|and|or|et|ou|it)\b|\b(?:is|are|was|were|be|been|being|ne|n['’]|to)$",
    re.IGNORECASE,
)
SUBJECT_START = re.compile(
    r"(?:[,;:»”\"]\s*|\b(?:mais|et|que|but|and|that|as|where|tandis que|alors que)\s+)(?=[^\s,;:»”\"])"
)
