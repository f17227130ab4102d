"""Serve the page: loopback unless told otherwise, safe headers, health routes, no request to anyone else."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from starlette.routing import Mount

from qa.errors import DispatchError
from qa.web.access import LOOPBACK, Access
from qa.web.discreet import log_discreetly
from qa.web.opened import Opened
from qa.web.readiness import Readiness, add_health
from qa.web.stopping import DEADLINE_SECONDS, Stops

if TYPE_CHECKING:
    from fastapi import FastAPI

QUEUE_LENGTH = 32
GRACE_SECONDS = 3
_DELIVERY_SECONDS = 0.3


def _prepare_environment() -> None:
    """Settings that gradio reads when it is imported: no analytics, no look-ups, hardly a table of events."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000"
    os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


def _theme() -> Any:
    """System fonts, and a primary button dark enough for its white words."""
    import gradio as gr

    theme = gr.themes.Default(primary_hue="indigo", neutral_hue="stone", font=["system-ui", "sans-serif"])
    return theme.set(button_primary_background_fill="*primary_600", button_primary_background_fill_hover="*primary_700")


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


def _check_mcp(access: Access) -> None:
    if importlib.util.find_spec("mcp") is None:
        raise DispatchError("--mcp needs the package mcp, which is not installed; pip install 'dispatch-qa[mcp]'")
    if access.is_public or access.password is not None:  # gradio's tool calls the page's own address, as a stranger
        raise DispatchError("--mcp is for this machine alone; leave out --mcp, or --public and the password")


def build_app(
    opened: Opened,
    access: Access,
    feedback: Path | None = None,
    mcp: bool = False,
    deadline: float = DEADLINE_SECONDS,
) -> FastAPI:
    """The ASGI application for an opened article; `feedback` is the SQLite file of thumbs (None keeps none),
    `mcp` whether /ask is offered as an MCP tool too, `deadline` the seconds that a question may take.

    Raises DispatchError when the feedback file cannot be opened, or MCP is asked for and not installed.
    """
    if mcp:
        _check_mcp(access)
    _prepare_environment()
    from fastapi import FastAPI
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from qa.web.feedback import FeedbackStore
    from qa.web.full_queue import FullQueue
    from qa.web.guard import Guard
    from qa.web.handlers import Handlers
    from qa.web.locked import Locked
    from qa.web.owner import Owned
    from qa.web.page import build_page
    from qa.web.password import Password
    from qa.web.rate import RateLimit

    locked = Locked(opened)
    stops = Stops(deadline)
    handlers = Handlers(locked, None if feedback is None else FeedbackStore(feedback), stops)
    readiness = Readiness(handlers)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        readiness.start()
        yield
        stops.stop_all()

    page = build_page(handlers)
    page.queue(max_size=QUEUE_LENGTH, api_open=False, default_concurrency_limit=1)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.add_middleware(Owned)  # who is added last is passed first
    app.add_middleware(FullQueue, is_full=lambda: len(page._queue) >= QUEUE_LENGTH)
    if access.rate is not None:
        app.add_middleware(RateLimit, n=access.rate)
    if access.password is not None:
        app.add_middleware(Password, password=access.password)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=access.hosts)
    app.add_middleware(Guard)

    add_health(app, readiness)
    served = _mount(app, page, mcp)
    served.state.close = partial(_close, served, stops)
    return served


async def _close(served: FastAPI, stops: Stops) -> None:
    """Give the answers that are under way a moment to reach their pages; then end the pages' heartbeats, which
    ends their sessions."""
    (mounted,) = (route for route in served.routes if isinstance(route, Mount))
    until = time.monotonic() + GRACE_SECONDS - 2 * _DELIVERY_SECONDS
    while stops.is_busy and time.monotonic() < until:
        await asyncio.sleep(_DELIVERY_SECONDS / 10)
    await asyncio.sleep(_DELIVERY_SECONDS)
    cast(Any, mounted.app).stop_event.set()


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
    opened: Opened,
    host: str = LOOPBACK,
    port: int = 7860,
    feedback: Path | None = None,
    mcp: bool = False,
    access: Access | None = None,
    deadline: float = DEADLINE_SECONDS,
) -> None:
    """Serve until interrupted or terminated; says on one line when the page is ready, and before that, where
    others reach it, what that means. Port 0 takes a free one; `access` None is this machine's alone."""
    import uvicorn

    allowed = Access() if access is None else access
    log_discreetly()
    bound = _bind(host, port)
    app = build_app(opened, allowed, feedback, mcp, deadline)
    shown = f"{host if ':' not in host else f'[{host}]'}:{bound.getsockname()[1]}"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            for line in (*allowed.describe(shown), f"Dispatch QA is ready: http://{shown}"):
                print(line, flush=True)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            closed = asyncio.create_task(app.state.close())
            await super().shutdown(sockets)
            await closed

    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # uvicorn takes it while it serves, and raises it again at its end
    Server(config).run(sockets=[bound])
