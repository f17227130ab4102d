"""The one place that imports openvino: without its telemetry."""

from __future__ import annotations

import sys
from types import ModuleType

_TELEMETRY = "openvino_telemetry"


def import_openvino() -> ModuleType:
    """The openvino package. Its import alone would tell its maker's analytics of itself, unasked; where the
    telemetry package cannot be imported, openvino has a stub in its place that sends nothing.

    A program that imported openvino itself before has settled that already. Raises ImportError where openvino
    is not installed.
    """
    sys.modules.setdefault(_TELEMETRY, None)  # type: ignore[arg-type]
    import openvino

    module: ModuleType = openvino
    return module
