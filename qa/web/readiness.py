"""Whether the models answer yet, and the two addresses that tell: /healthz and /readyz."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from fastapi import FastAPI

    from qa.web.handlers import Handlers

logger = logging.getLogger(__name__)


class Readiness:
    """Whether the models have answered first questions; they are asked on a thread of its own, and are
    those that the page suggests."""

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers
        self._ready = threading.Event()

    def start(self) -> None:
        """Ask the first question."""
        threading.Thread(target=self._ask, name="warm-up", daemon=True).start()

    def _ask(self) -> None:
        try:
            self._handlers.first.ask("Qui ?")
            self._ready.set()
            self._handlers.suggested(self._handlers.first, "fr")
            self._handlers.suggested(self._handlers.first, "en")
        except Exception:
            logger.exception("the models did not answer a first question")

    @property
    def ready(self) -> bool:
        return self._ready.is_set()


def add_health(app: FastAPI, readiness: Readiness) -> None:
    """Add the two addresses to an application."""

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", response_model=None)
    async def readyz() -> JSONResponse:
        status = "ready" if readiness.ready else "starting"
        return JSONResponse({"status": status}, 200 if readiness.ready else 503)
