"""How often a client may ask: a budget that fills as time goes by, and an answer that says when to come back."""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

MAX_CLIENTS = 10_000
WINDOW_SECONDS = 60.0
COSTS = (
    ("/gradio_api/queue/join", 1.0),
    ("/gradio_api/call/", 1.0),
    ("/gradio_api/mcp", 1.0),
    ("/gradio_api/run/", 0.1),
)
"""What a request costs, in questions: whatever may ask the models, and the page's small events."""


class Rate:
    """At most `n` of something a minute for each client, all at once or spread (the generic cell rate algorithm
    of ATM, one number a client). It knows the last MAX_CLIENTS clients. For one thread."""

    def __init__(self, n: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._gap = WINDOW_SECONDS / n
        self._clock = clock
        self._whole_at: dict[str, float] = {}  # when a client's budget is whole again; who came last is last

    def wait(self, client: str, cost: float = 1.0) -> float:
        """Seconds until the client may; 0 where it may now."""
        now = self._clock()
        after = max(now, self._whole_at.get(client, now)) + cost * self._gap
        return max(0.0, round(after - now - WINDOW_SECONDS, 6))

    def spend(self, client: str, cost: float = 1.0) -> None:
        """Count what the client does."""
        now = self._clock()
        self._whole_at[client] = max(now, self._whole_at.pop(client, now)) + cost * self._gap
        if len(self._whole_at) > MAX_CLIENTS:
            del self._whole_at[next(iter(self._whole_at))]


def client_of(scope: Scope) -> str:
    """Who sends a request, by address; of IPv6 by its first half, of which one household has the rest."""
    host = str((scope.get("client") or ("",))[0])
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))


async def answer_too_many(seconds: float, scope: Scope, receive: Receive, send: Send) -> None:
    """429, with the seconds to wait in a header and in words."""
    wait = math.ceil(seconds)
    said = {"detail": f"too many requests; try again in {wait} s"}
    await JSONResponse(said, 429, {"Retry-After": str(wait)})(scope, receive, send)


class RateLimit:
    """ASGI middleware; answers 429 to a client that asks more often than `n` questions a minute."""

    def __init__(self, app: ASGIApp, n: int) -> None:
        self._app = app
        self._rate = Rate(n)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        cost = next((cost for path, cost in COSTS if is_post and scope["path"].startswith(path)), 0.0)
        client = client_of(scope)
        wait = self._rate.wait(client, cost) if cost else 0.0
        if wait:
            await answer_too_many(wait, scope, receive, send)
            return
        if cost:
            self._rate.spend(client, cost)
        await self._app(scope, receive, send)
