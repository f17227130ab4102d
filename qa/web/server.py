"""Serve the page: loopback unless told otherwise, safe headers, health routes, no request to anyone else."""

from __future__ import annotations

import importlib.util
import logging
import os
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from qa.errors import DispatchError
from qa.web.opened import Opened

if TYPE_CHECKING:
    from fastapi import FastAPI

    from qa.web.handlers import Handlers

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
LOOPBACK_NAMES = ("localhost", LOOPBACK, "[::1]", "::1")
QUEUE_LENGTH = 32


def _prepare_environment() -> None:
    """Settings that gradio reads when it is imported: no analytics, no look-ups, no event table."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000"
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


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


def _theme() -> Any:
    """System fonts, and a primary button dark enough for its white words."""
    import gradio as gr

    theme = gr.themes.Default(primary_hue="indigo", neutral_hue="stone", font=["system-ui", "sans-serif"])
    return theme.set(button_primary_background_fill="*primary_600", button_primary_background_fill_hover="*primary_700")


def _add_health(app: FastAPI, readiness: Readiness) -> None:
    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", response_model=None)
    def readyz() -> JSONResponse:
        status = "ready" if readiness.ready else "starting"
        return JSONResponse({"status": status}, 200 if readiness.ready else 503)


def _mount(app: FastAPI, page: Any, mcp: bool) -> FastAPI:
    """The page at the root of the application, with all of gradio's extras off."""
    import gradio as gr

    from qa.web.layout import translations
    from qa.web.style import CSS
    from qa.web.waiting import HEAD

    served: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=_theme(),
        css=CSS,
        head=HEAD,
        i18n=translations(),
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        max_file_size=1,
        ssr_mode=False,
        mcp_server=mcp,
    )
    return served


def build_app(opened: Opened, hosts: list[str], feedback: Path | None = None, mcp: bool = False) -> FastAPI:
    """The ASGI application for an opened article; `hosts` are the names it answers to, `feedback` the
    SQLite file of thumbs (None keeps none), `mcp` whether /ask is offered as an MCP tool too.

    Raises DispatchError when the feedback file cannot be opened, or MCP is asked for and not installed.
    """
    if mcp and importlib.util.find_spec("mcp") is None:
        raise DispatchError("--mcp needs the package mcp, which is not installed; pip install 'dispatch-qa[mcp]'")
    _prepare_environment()
    from fastapi import FastAPI
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from qa.web.feedback import FeedbackStore
    from qa.web.guard import Guard
    from qa.web.handlers import Handlers
    from qa.web.locked import Locked
    from qa.web.owner import Owned
    from qa.web.page import build_page

    locked = Locked(opened)
    handlers = Handlers(locked, None if feedback is None else FeedbackStore(feedback))
    readiness = Readiness(handlers)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        readiness.start()
        yield

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts)
    app.add_middleware(Owned)
    app.add_middleware(Guard)

    _add_health(app, readiness)
    page = build_page(handlers)
    page.queue(max_size=QUEUE_LENGTH, api_open=False, default_concurrency_limit=1)
    return _mount(app, page, mcp)


def _bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises DispatchError, in one line, when the address cannot be had."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DispatchError(f"cannot listen on {host}:{port} ({reason}); choose another --port or --host") from None
    return bound


def serve(
    opened: Opened, host: str = LOOPBACK, port: int = 7860, feedback: Path | None = None, mcp: bool = False
) -> None:
    """Serve until interrupted; says on one line when the page is ready. Port 0 takes a free one."""
    import uvicorn

    bound = _bind(host, port)
    hosts = list(LOOPBACK_NAMES) if host in LOOPBACK_NAMES else ["*"]
    app = build_app(opened, hosts, feedback, mcp)
    shown = host if ":" not in host else f"[{host}]"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            print(f"Dispatch QA is ready: http://{shown}:{bound.getsockname()[1]}", flush=True)

    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=3
    )
    Server(config).run(sockets=[bound])
