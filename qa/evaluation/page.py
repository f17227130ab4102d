"""One self-contained HTML file: style, script and content inside, and a policy that forbids any request."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from embeddings.storage import write_whole
from qa.evaluation.outcome import Sentence

_TEMPLATES = Path(__file__).parent / "templates"


def _read(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _source_hash(text: str) -> str:
    """The name by which a content security policy allows one inline element."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _embed(content: Any) -> str:
    """JSON that no HTML parser can mistake for markup: angle brackets and ampersands as escapes."""
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def show_sentence(sentence: Sentence | None) -> list[Any] | None:
    """[text, first, last]: the text and the half-open range of it to mark, in characters."""
    if sentence is None:
        return None
    size = len(sentence.text)
    first, last = (min(max(edge - sentence.start, 0), size) for edge in sentence.mark)
    return [sentence.text, first, last]


def write_page(path: Path, title: str, content: Any, scripts: Sequence[str]) -> None:
    """Write a page whose scripts, template files, draw `content`."""
    style, script = _read("style.css"), "\n".join(map(_read, ("page.js", *scripts)))
    parts = {
        "STYLE_HASH": _source_hash(style),
        "SCRIPT_HASH": _source_hash(script),
        "TITLE": html.escape(title),
        "STYLE": style,
        "SCRIPT": script,
        "DATA": _embed(content),
    }
    first, *rest = _read("page.html").split("{{")
    with write_whole(path) as file:
        file.write(first)
        for piece in rest:
            name, _, text = piece.partition("}}")
            file.write(parts[name] + text)
