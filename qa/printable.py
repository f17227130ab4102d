"""What comes from files, for a terminal: its control characters could move or recolour what stands there."""

from __future__ import annotations

import json
import re
from typing import Any

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_UNESCAPED = re.compile(r"[\x7f-\x9f]")


def printable(text: str) -> str:
    """Text with its control characters replaced; tabs and line ends stay."""
    return _CONTROL.sub("\ufffd", text)


def printable_json(record: Any) -> str:
    """A record as indented JSON that reads back the same; JSON leaves some control characters as they are."""
    written = json.dumps(record, ensure_ascii=False, indent=1)
    return _UNESCAPED.sub(lambda control: f"\\u{ord(control[0]):04x}", written)
