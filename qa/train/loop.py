"""The reader's training loop: transformers' Trainer, one learning rate for the body, one for the word table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.train.loop import has_bfloat16
from qa.train.windows import Feature

EAGER_TOKENS = 224


@dataclass(frozen=True, slots=True)
class Schedule:
    """Learning rates, batch size in windows, passes over the features, and dropout of hidden states."""

    body_rate: float = 1.2e-4
    table_rate: float = 3e-4
    batch_size: int = 32
    epochs: float = 1.0
    warmup: float = 0.06
    dropout: float = 0.0
    seed: int = 0


def collate(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Pad to the longest row; question tokens are type 0, window tokens type 1."""
    import torch

    width = max(len(row["input_ids"]) for row in rows)
    ids = torch.zeros((len(rows), width), dtype=torch.long)
    mask, types = torch.zeros_like(ids), torch.zeros_like(ids)
    for i, row in enumerate(rows):
        n = len(row["input_ids"])
        ids[i, :n] = torch.tensor(row["input_ids"])
        mask[i, :n] = 1
        types[i, row["n_question"] + 2 : n] = 1
    return {
        "input_ids": ids,
        "attention_mask": mask,
        "token_type_ids": types,
        "start_positions": torch.tensor([row["start"] for row in rows]),
        "end_positions": torch.tensor([row["end"] for row in rows]),
    }


def open_reader(folder: Path, dropout: float) -> Any:
    """A question-answering model on the body in `folder` (an encoder's, or a reader to go on from)."""
    from transformers import AutoModelForQuestionAnswering

    return AutoModelForQuestionAnswering.from_pretrained(
        folder, use_safetensors=True, hidden_dropout_prob=dropout, attention_probs_dropout_prob=0.0
    )


def _optimizer(model: Any, schedule: Schedule) -> Any:
    import torch

    table: list[Any] = []
    body: list[Any] = []
    for name, parameter in model.named_parameters():
        (table if "word_embeddings" in name else body).append(parameter)
    groups = [
        {"params": body, "lr": schedule.body_rate, "weight_decay": 0.01},
        {"params": table, "lr": schedule.table_rate, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, fused=True)


def _attention(input_ids: Any) -> str:
    """On a CPU plain matrix products are half as fast again as fused attention on short rows, slower on long."""
    return "eager" if input_ids.device.type == "cpu" and input_ids.shape[1] <= EAGER_TOKENS else "sdpa"


def train_reader(init: Path, output: Path, features: list[Feature], tokenizer: Any, schedule: Schedule) -> None:
    """Train on the features and save the reader to `output`; goes on from the last checkpoint there."""
    import torch
    from datasets import Dataset
    from transformers import Trainer, TrainingArguments, get_scheduler

    rows = {
        "input_ids": [f.input_ids for f in features],
        "n_question": [f.n_question for f in features],
        "start": [f.start for f in features],
        "end": [f.end for f in features],
        "length": [len(f.input_ids) for f in features],
    }
    model = open_reader(init, schedule.dropout)
    optimizer = _optimizer(model, schedule)
    n_steps = int(len(features) / schedule.batch_size * schedule.epochs)
    rates = get_scheduler("linear", optimizer, int(n_steps * schedule.warmup), n_steps + 1)
    arguments = TrainingArguments(
        output_dir=str(output / "checkpoints"),
        per_device_train_batch_size=schedule.batch_size,
        num_train_epochs=schedule.epochs,
        bf16=has_bfloat16(),
        use_cpu=not torch.cuda.is_available(),
        max_grad_norm=1.0,
        train_sampling_strategy="group_by_length",
        length_column_name="length",
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        seed=schedule.seed,
        logging_steps=25,
        save_steps=250,
        save_total_limit=2,
        report_to=[],
    )

    class LengthwiseTrainer(Trainer):
        def compute_loss(self, model: Any, inputs: dict[str, Any], *args: Any, **options: Any) -> Any:
            model.config._attn_implementation = _attention(inputs["input_ids"])
            return super().compute_loss(model, inputs, *args, **options)

    trainer = LengthwiseTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_dict(rows),
        data_collator=collate,
        optimizers=(optimizer, rates),
    )
    trainer.train(resume_from_checkpoint=any((output / "checkpoints").glob("checkpoint-*")))
    model.save_pretrained(output)
    tokenizer.save_pretrained(output)
