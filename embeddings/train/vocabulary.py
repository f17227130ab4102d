"""Give the English backbone a bilingual word table: French words in, other scripts out."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from embeddings.train.word_alignment import Lexicon

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


@dataclass(frozen=True, slots=True)
class VocabularyReport:
    """How well the new vocabulary fits French news text."""

    n_tokens: int
    n_added_words: int
    n_added_pieces: int
    n_dropped: int
    fertility: float
    english_fertility: float
    single_token_words: float
    unknown_pieces: float


def build_normalizer() -> normalizers.Normalizer:
    """Typography folded, then BERT's cleaning, lower-casing and accent stripping.

    Replacements are tracked by the tokenizers library, so offsets stay those of the original text.
    """
    folds = [("’", "'"), ("‘", "'"), ("ʼ", "'"), ("“", '"'), ("”", '"'), ("«", '"'), ("»", '"')]
    folds += [("–", "-"), ("—", "-"), ("‑", "-"), ("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae")]
    steps = [normalizers.Replace(old, new) for old, new in folds]
    return normalizers.Sequence([*steps, normalizers.BertNormalizer(lowercase=True, strip_accents=True)])


def split_words(text: str) -> list[str]:
    """Normalised words and punctuation marks, as the tokenizer sees them before word pieces."""
    normalised = build_normalizer().normalize_str(text)
    return [word for word, _ in pre_tokenizers.BertPreTokenizer().pre_tokenize_str(normalised)]


def _is_foreign(token: str) -> bool:
    """Unused slots and pieces in a script other than Latin."""
    if token.startswith("[unused"):
        return True
    letters = [c for c in token.removeprefix("##") if c.isalpha()]
    return any(not unicodedata.name(c, "").startswith("LATIN") for c in letters)


def count_words(texts: Iterable[str], weight: float, counts: Counter[str]) -> None:
    """Add the weighted words of `texts` to `counts`."""
    for text in texts:
        for word in split_words(text):
            if word.isalpha():
                counts[word] += weight  # type: ignore[assignment]  # weighted counts


def _learn_pieces(counts: Counter[str], size: int) -> list[str]:
    """Word pieces of the counted words, most useful first."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=list(SPECIAL), show_progress=False)
    lines = (" ".join([word] * min(int(n) + 1, 200)) for word, n in counts.items())
    tokenizer.train_from_iterator(lines, trainer)
    learnt = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    return [token for token, _ in learnt if token not in SPECIAL]


def build_tokenizer(vocabulary: list[str]) -> Tokenizer:
    """A WordPiece tokenizer of the BERT kind over `vocabulary`, in its order."""
    index = {token: i for i, token in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordPiece(index, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = build_normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", index["[CLS]"]), ("[SEP]", index["[SEP]"])],
    )
    tokenizer.add_special_tokens(list(SPECIAL))
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


def choose_tokens(
    english: list[str], counts: Counter[str], n_words: int, n_pieces: int
) -> tuple[list[str], list[str], list[str]]:
    """Kept English tokens, added French words, added French pieces."""
    kept = [token for token in english if not _is_foreign(token)]
    known = set(kept)
    words = [w for w, n in counts.most_common() if w not in known and n >= 2 and len(w) > 1][:n_words]
    known.update(words)
    rest = Counter({w: n for w, n in counts.items() if w not in known})
    learnt = [p for p in _learn_pieces(rest, n_pieces * 4) if p not in known and len(p) > 3]
    return kept, words, learnt[:n_pieces]


def _vector(parts: list[NDArray[np.float32]], shares: list[float]) -> NDArray[np.float32]:
    """Weighted mean of the parts, stretched to their mean length (a mean of vectors is too short)."""
    stacked, weights = np.stack(parts), np.asarray(shares, dtype=np.float32)
    weights = weights / weights.sum()
    mean = weights @ stacked
    length = float(weights @ np.linalg.norm(stacked, axis=1))
    return np.asarray(mean * (length / max(float(np.linalg.norm(mean)), 1e-6)), dtype=np.float32)


def build_word_table(
    old: Tokenizer, table: NDArray[np.float32], vocabulary: list[str], lexicon: Lexicon
) -> NDArray[np.float32]:
    """Rows [len(vocabulary), width]: old tokens keep theirs, linked French words take the weighted
    mean of their English words, all others the mean of their old pieces."""
    index = old.get_vocab()

    def english(word: str) -> NDArray[np.float32]:
        pieces = old.encode(word, add_special_tokens=False).ids
        return _vector([table[i] for i in pieces], [1.0] * len(pieces))

    def row(token: str) -> NDArray[np.float32]:
        if token in index:
            return np.asarray(table[index[token]], dtype=np.float32)
        linked = lexicon.get(token)
        if linked:
            return _vector([english(word) for word in linked], list(linked.values()))
        if token.startswith("##"):
            pieces = old.encode("a" + token[2:], add_special_tokens=False).ids[1:]
            return _vector([table[i] for i in pieces], [1.0] * len(pieces)) if pieces else table.mean(axis=0)
        return english(token)

    return np.stack([row(token) for token in vocabulary])


def fertility(tokenizer: Tokenizer, texts: list[str]) -> tuple[float, float, float]:
    """Pieces a word, share of words that are one token, share of unknown pieces."""
    words = [w for text in texts for w in split_words(text) if w.isalpha()]
    encoded = tokenizer.encode_batch([[w] for w in words], is_pretokenized=True, add_special_tokens=False)
    lengths = np.array([len(e.ids) for e in encoded])
    unknown = sum(e.tokens.count("[UNK]") for e in encoded)
    return float(lengths.mean()), float((lengths == 1).mean()), float(unknown / lengths.sum())


def extend_model(
    model: Any, counts: Counter[str], lexicon: Lexicon, n_words: int, n_pieces: int, news: list[str]
) -> VocabularyReport:
    """Replace tokenizer and word table of a sentence-transformers model in place."""
    import torch
    from transformers import PreTrainedTokenizerFast

    old = model.tokenizer.backend_tokenizer
    old.no_padding()
    old.no_truncation()
    by_id = sorted(old.get_vocab().items(), key=lambda item: item[1])
    kept, words, pieces = choose_tokens([t for t, _ in by_id], counts, n_words, n_pieces)
    vocabulary = kept + words + pieces
    backbone = model[0].auto_model
    table = backbone.get_input_embeddings().weight.detach().numpy()
    rows = build_word_table(old, table, vocabulary, lexicon)
    backbone.resize_token_embeddings(len(vocabulary), mean_resizing=False)
    with torch.no_grad():
        backbone.get_input_embeddings().weight.copy_(torch.from_numpy(rows))
    backbone.config.pad_token_id = vocabulary.index("[PAD]")
    backbone.get_input_embeddings().padding_idx = backbone.config.pad_token_id
    new = build_tokenizer(vocabulary)
    model[0].processor = PreTrainedTokenizerFast(
        tokenizer_object=new,
        model_max_length=512,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )
    pieces_a_word, single, unknown = fertility(new, news)
    before, _, _ = fertility(old, news)
    return VocabularyReport(
        len(vocabulary),
        len(words),
        len(pieces),
        len(by_id) - len(kept),
        round(pieces_a_word, 3),
        round(before, 3),
        round(single, 4),
        round(unknown, 6),
    )


def save_lexicon(lexicon: Lexicon, path: Path) -> None:
    """Write the lexicon as sorted JSON."""
    path.write_text(json.dumps(lexicon, ensure_ascii=False, sort_keys=True), encoding="utf-8")


def load_lexicon(path: Path) -> Lexicon:
    """Read a lexicon written by `save_lexicon`."""
    loaded: Lexicon = json.loads(path.read_text(encoding="utf-8"))
    return loaded
