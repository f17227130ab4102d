"""What one would write first: sentence-transformers finds, transformers reads; `python plain.py QUESTION` asks.

It stands alone, so that as a process it pays for nothing of ours.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ENCODER, READER = ROOT / "embeddings" / "weights", ROOT / "qa" / "weights"
MAX_ANSWER = 48
MAX_TOKENS = 384


class Plain:
    """An article's paragraphs; the best of all spans of the `top_k` nearest answers."""

    def __init__(self, paragraphs: list[str], top_k: int) -> None:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer

        self._torch: Any = torch
        self._encoder = SentenceTransformer(str(ENCODER), device="cpu", model_kwargs={"dtype": torch.float32})
        self._tokenizer: Any = AutoTokenizer.from_pretrained(READER)
        self._model = AutoModelForQuestionAnswering.from_pretrained(
            READER, dtype=torch.float32, use_safetensors=True
        ).eval()
        self._paragraphs, self._top_k = paragraphs, top_k
        self._rows = self._encoder.encode_document(paragraphs, normalize_embeddings=True)

    def ask(self, question: str) -> str:
        """The answer, or "" where "no answer here" scores higher everywhere."""
        near = self._rows @ self._encoder.encode_query([question], normalize_embeddings=True)[0]
        chosen = [self._paragraphs[i] for i in near.argsort()[::-1][: self._top_k]]
        inputs = self._tokenizer(
            [question] * len(chosen),
            chosen,
            truncation="only_second",
            max_length=MAX_TOKENS,
            padding=True,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        offsets = inputs.pop("offset_mapping")
        with self._torch.inference_mode():
            output = self._model(**inputs)
        best, answer = 0.0, ""
        for i, text in enumerate(chosen):
            own = self._torch.tensor([part == 1 for part in inputs.sequence_ids(i)])
            start, end = (x[i].masked_fill(~own, -1e9) for x in (output.start_logits, output.end_logits))
            spans = (start[:, None] + end[None, :]).triu().tril(MAX_ANSWER - 1)
            spans[spans == 0] = -1e9
            first, last = divmod(int(spans.argmax()), spans.shape[1])
            score = float(spans[first, last] - output.start_logits[i, 0] - output.end_logits[i, 0])
            if score > best:
                best, answer = score, text[int(offsets[i, first, 0]) : int(offsets[i, last, 1])]
        return answer


if __name__ == "__main__":
    dispatch = (ROOT / "seeds" / "dispatch.txt").read_text(encoding="utf-8")
    paragraphs = [part for part in dispatch.split("\n\n") if part.strip()]
    print(Plain(paragraphs, 32).ask(sys.argv[1]))
