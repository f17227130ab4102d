"""Article text and questions as inert page text: neither HTML nor Markdown in them has any effect."""

from __future__ import annotations

import html
import re

_SURROGATE = re.compile(r"[\ud800-\udfff]")
"""Half a character: gradio cannot send it."""
_MARKED = re.compile(r"[&<>\"'\\`*_{}\[\]()#+\-.!|~$:@/=^]")


def escape_html(text: str) -> str:
    """Text for an HTML element or a quoted attribute."""
    return html.escape(_SURROGATE.sub("\ufffd", text), quote=True)


def escape_markdown(text: str) -> str:
    """Text for a Markdown message: one line, every mark of HTML or Markdown a character reference."""
    return _MARKED.sub(lambda mark: f"&#{ord(mark[0])};", " ".join(_SURROGATE.sub("\ufffd", text).split()))
