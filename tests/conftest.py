"""Settings of the suite, and models of a few thousand weights, built on the spot."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

import pytest
from browsing import CHROMIUM, FLAGS, open_page, serve
from hypothesis import settings
from playwright.sync_api import Browser, Page, sync_playwright
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

settings.register_profile("suite", max_examples=150, deadline=None)
settings.load_profile("suite")

ARTICLE = (
    "L’Otan a fixé à 3\u202f400 l'effectif.\r\n\r\n"
    "À Bruxelles, M. Stoltenberg a dit «\u00a0oui\u00a0» : le cœur de la ﬁn 😀.\r\n\r\n"
    "E\u0301te\u0301 2018 – la mission durera 7,5 ans en Irak."
)
READER_KINDS = ("bert", "xlm-roberta", "camembert", "deberta-v2")
OWN_CLASS = {
    "bert": "BertTokenizer",
    "xlm-roberta": "XLMRobertaTokenizer",
    "camembert": "CamembertTokenizer",
    "deberta-v2": "DebertaV2Tokenizer",
}
SIZE: dict[str, Any] = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 128,
}


def _frame(tokenizer: Tokenizer, first: str, last: str, pair: str) -> Tokenizer:
    """Add the special tokens around one text and around two."""
    ids = [(token, tokenizer.token_to_id(token)) for token in (first, last)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{first} $A {last}", pair=pair, special_tokens=ids)
    return tokenizer


def build_wordpiece() -> Tokenizer:
    """Lower-cased, accent-free letters and a few words, œ and ’ folded."""
    folds = [normalizers.Replace("œ", "oe"), normalizers.Replace("’", "'")]
    normalizer = normalizers.Sequence([*folds, normalizers.BertNormalizer(lowercase=True)])
    letters = sorted(set(normalizer.normalize_str(ARTICLE)) - {" "})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{c}" for c in letters)]
    vocabulary += ["mission", "otan", "bruxelles", "##ion", "est"]
    tokenizer = Tokenizer(models.WordPiece({t: i for i, t in enumerate(vocabulary)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return _frame(tokenizer, "[CLS]", "[SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1")


def build_unigram(kind: str) -> Tokenizer:
    """Letters and a few words of the sentencepiece kind, compatibility forms folded."""
    special = {
        "xlm-roberta": ["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        "camembert": ["<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>", "<unk>NOTUSED", "<s>", "</s>", "<mask>"],
        "deberta-v2": ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"],
    }[kind]
    unknown = next(t for t in special if t.strip("<[]>").lower() == "unk")
    letters = sorted(set(normalizers.NFKC().normalize_str(ARTICLE)) - set(" \r\n"))
    pieces = [*((c, -6.0) for c in ("▁", *letters)), *((f"▁{w}", -2.0) for w in ("Otan", "a", "la", "mission"))]
    tokenizer = Tokenizer(models.Unigram([*((t, 0.0) for t in special), *pieces], special.index(unknown), False))
    tokenizer.normalizer = normalizers.NFKC()
    if kind == "deberta-v2":
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        return _frame(tokenizer, "[CLS]", "[SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    return _frame(tokenizer, "<s>", "</s>", "<s> $A </s> </s> $B </s>")


def save_tokenizer(tokenizer: Tokenizer, folder: Path, class_name: str | None = None) -> None:
    """Save as transformers does; `class_name` is the class that the folder then says it is of."""
    from transformers import PreTrainedTokenizerFast

    names = ["[CLS]", "[SEP]", "[SEP]", "[CLS]", "[PAD]", "[UNK]", "[MASK]"]
    if tokenizer.token_to_id("[CLS]") is None:
        names = ["<s>", "</s>", "</s>", "<s>", "<pad>", "<unk>", "<mask>"]
    roles = ("bos_token", "eos_token", "sep_token", "cls_token", "pad_token", "unk_token", "mask_token")
    inputs = ["input_ids", "attention_mask"] + (["token_type_ids"] if "[CLS]" in names else [])
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_input_names=inputs, **dict(zip(roles, names, strict=True))
    )
    wrapped.save_pretrained(folder)
    if class_name is not None:
        path = folder / "tokenizer_config.json"
        record = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**record, "tokenizer_class": class_name}), encoding="utf-8")


def build_reader_folder(folder: Path, kind: str, class_name: str | None = None) -> Path:
    """A question-answering model of random weights, with its tokenizer."""
    import torch
    from transformers import AutoConfig, AutoModelForQuestionAnswering

    tokenizer = build_wordpiece() if kind == "bert" else build_unigram(kind)
    save_tokenizer(tokenizer, folder, class_name)
    pad = tokenizer.token_to_id("[PAD]")
    config: Any = AutoConfig.for_model(
        kind,
        vocab_size=tokenizer.get_vocab_size(),
        pad_token_id=tokenizer.token_to_id("<pad>") if pad is None else pad,
        type_vocab_size=1 if kind in ("xlm-roberta", "camembert") else 2,
        initializer_range=0.5,
        **SIZE,
    )
    torch.manual_seed(0)
    AutoModelForQuestionAnswering.from_config(config).save_pretrained(folder)
    return folder


def build_encoder_folder(folder: Path) -> Path:
    """A sentence-transformers folder: a BERT of random weights and the mean of its tokens."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel

    tokenizer = build_wordpiece()
    plain = folder.with_name(f"{folder.name}.plain")
    save_tokenizer(tokenizer, plain)
    torch.manual_seed(0)
    BertModel(BertConfig(vocab_size=tokenizer.get_vocab_size(), initializer_range=0.5, **SIZE)).save_pretrained(plain)
    body = Transformer(str(plain), max_seq_length=64)
    SentenceTransformer(modules=[body, Pooling(16)], device="cpu").save(str(folder))
    return folder


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_encoder_folder(tmp_path_factory.mktemp("encoders") / "tiny")


@pytest.fixture(scope="session", params=READER_KINDS)
def reader_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reader of each kind, saved under the generic tokenizer class."""
    return build_reader_folder(tmp_path_factory.mktemp("readers") / request.param, request.param)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def feedback(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the planned page keeps thumbs."""
    return tmp_path_factory.mktemp("feedback") / "thumbs.sqlite"


@pytest.fixture(scope="session")
def called(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the planned page's server writes every host that it looks up or connects to."""
    return tmp_path_factory.mktemp("called") / "hosts.txt"


@pytest.fixture(scope="session")
def address(feedback: Path, called: Path) -> Iterator[str]:
    """A server of the page with planned answers."""
    here = Path(__file__).parent
    command = [sys.executable, str(here / "web_fakes.py"), str(feedback), str(called)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(here.parent), os.environ.get("PYTHONPATH", "")])}
    with serve(command, environment) as started:
        yield started


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page in English, on a desk."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 860})
    yield open_page(context, address)
    context.close()
