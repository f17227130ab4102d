"""Serve the page: loopback unless told otherwise, safe headers, health routes, no request to anyone else."""

from __future__ import annotations

import os
import socket
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from qa.errors import DispatchError
from qa.pipeline import ArticleQA

if TYPE_CHECKING:
    from fastapi import FastAPI

LOOPBACK = "127.0.0.1"
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'; frame-src 'none'; base-uri 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
QUEUE_LENGTH = 32


def _prepare_environment() -> None:
    """Settings that gradio reads when it is imported: no analytics, no look-ups, no event table."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000"
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


def build_app(opened: ArticleQA, hosts: list[str]) -> FastAPI:
    """The ASGI application for an opened article; `hosts` are the names it answers to."""
    _prepare_environment()
    import gradio as gr
    from fastapi import FastAPI, Request, Response
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from qa.web.page import CSS, build_page, translations

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts)

    @app.middleware("http")
    async def add_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.headers.update(HEADERS)
        return response

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    page = build_page(opened)
    page.queue(max_size=QUEUE_LENGTH, api_open=False, default_concurrency_limit=1)
    return gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=gr.themes.Default(),
        css=CSS,
        i18n=translations(),
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        max_file_size=1,
        ssr_mode=False,
    )


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


def serve(opened: ArticleQA, host: str = LOOPBACK, port: int = 7860) -> None:
    """Serve until interrupted; says on one line when the page is ready. Port 0 takes a free one."""
    import uvicorn

    bound = _bind(host, port)
    hosts = ["localhost", LOOPBACK, "[::1]", "::1"] if host in (LOOPBACK, "localhost", "::1") else ["*"]
    app = build_app(opened, hosts)
    shown = host if ":" not in host else f"[{host}]"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            print(f"Dispatch QA is ready: http://{shown}:{bound.getsockname()[1]}", flush=True)

    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    Server(config).run(sockets=[bound])
