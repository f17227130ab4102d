"""What both stages of the encoder's training share: how a model is opened, trained and saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from embeddings.train.backbone import backbone_path
from embeddings.train.corpora import SentencePair

SHIPPED_TOKENS = 256
"""How much of a text the saved encoder reads, whatever it was trained on."""


def has_bfloat16() -> bool:
    """Whether this machine multiplies bfloat16 faster than float32; a CPU without such units is slower by far."""
    import torch

    found = torch.cpu.get_capabilities()
    return torch.cuda.is_available() or bool(found.get("amx_bf16") or found.get("avx512_bf16"))


def open_student(init: Path, max_tokens: int, **options: Any) -> Any:
    """The encoder in `init` without dropout, reading `max_tokens` of a text; `options` go to its body."""
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(init), model_kwargs=options)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    model.max_seq_length = max_tokens
    return model


def distil(pairs: list[SentencePair], max_tokens: int) -> Any:
    """Dataset of the pairs, columns en and fr, with label [384], the English original's vector of `en`."""
    from datasets import Dataset
    from sentence_transformers import SentenceTransformer

    teacher = SentenceTransformer(str(backbone_path()), device="cpu")
    teacher.max_seq_length = max_tokens
    labels = teacher.encode([p.en for p in pairs], batch_size=128, show_progress_bar=True)
    return Dataset.from_dict({"en": [p.en for p in pairs], "fr": [p.fr for p in pairs], "label": list(labels)})


def build_arguments(
    output: Path, batch_size: int, body_rate: float, table_rate: float, seed: int, **options: Any
) -> Any:
    """One pass with linear decay and checkpoints in `output`; the word table has a learning rate of its own."""
    import torch
    from sentence_transformers import SentenceTransformerTrainingArguments

    return SentenceTransformerTrainingArguments(
        output_dir=str(output / "checkpoints"),
        per_device_train_batch_size=batch_size,
        num_train_epochs=1,
        learning_rate=body_rate,
        learning_rate_mapping={r"word_embeddings": table_rate},
        warmup_steps=0.06,
        lr_scheduler_type="linear",
        bf16=has_bfloat16(),
        use_cpu=not torch.cuda.is_available(),
        dataloader_pin_memory=False,
        optim="adamw_torch_fused",
        max_grad_norm=1.0,
        seed=seed,
        logging_steps=20,
        save_steps=100,
        save_total_limit=1,
        report_to=[],
        **options,
    )


def train_and_save(trainer: Any, model: Any, output: Path) -> None:
    """Run the trainer, from the last checkpoint in `output` if there is one, and save the model there."""
    trainer.train(resume_from_checkpoint=any((output / "checkpoints").glob("checkpoint-*")))
    model.max_seq_length = SHIPPED_TOKENS
    model.save(str(output), create_model_card=False)
