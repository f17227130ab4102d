"""What programs see of the page's server, and what it sees of others."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from browsing import WAIT, ask, needs_browser
from playwright.sync_api import Browser, Page, expect
from web_fakes import PlannedArticle

from qa.article import load_article

ROOT = Path(__file__).resolve().parents[1]
pytestmark = needs_browser


def test_no_other_host_is_asked_and_no_error_is_logged(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    hosts: set[str] = set()
    errors: list[str] = []
    page.on("request", lambda request: hosts.add(request.url.split("/")[2] if "://" in request.url else ""))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(address)
    expect(page.locator("#suggestions button").first).to_be_visible(timeout=WAIT)
    ask(page, "Quand aura lieu le sommet ?").locator("a.alternative").first.click()
    expect(page.locator("#article mark")).to_have_text("2004 à 2011", timeout=WAIT)
    context.close()
    assert hosts - {""} == {address.removeprefix("http://")}
    assert errors == []


def test_uploads_and_large_bodies_are_refused_and_health_is_told(address: str) -> None:
    for path in ("/gradio_api/upload", "/gradio_api/upload/"):
        with pytest.raises(HTTPError, match="403"):
            urlopen(Request(address + path, data=b"x", method="POST"))
    with pytest.raises((HTTPError, OSError)):
        urlopen(Request(address + "/gradio_api/queue/join", data=b"x" * 9_000_000, method="POST"))
    for path, status in (("/healthz", "ok"), ("/readyz", "ready")):
        with urlopen(address + path) as response:
            assert json.load(response) == {"status": status}


def test_programs_need_only_the_question(address: str) -> None:
    from gradio_client import Client

    client = Client(address, verbose=False)
    record = client.predict("why did NTM-I end?", api_name="/ask")
    assert record["answered"]
    assert record["speaker"]["kind"] == "article"
    assert not client.predict("why did NTM-I end?", 0.99, api_name="/ask")["answered"]


def test_every_field_of_the_answer_has_a_type_that_programs_can_read(address: str) -> None:
    with urlopen(address + "/gradio_api/info") as response:
        endpoint = json.load(response)["named_endpoints"]["/ask"]
    fields = endpoint["returns"][0]["type"]["properties"]
    assert fields.keys() == PlannedArticle(load_article()).ask("Qui ?").to_dict().keys()
    assert fields["confidence"] == {"type": "number"}
    assert fields["evidence"]["oneOf"][1]["properties"]["start"] == {"type": "integer"}
    assert [parameter["parameter_has_default"] for parameter in endpoint["parameters"]] == [False, True]


def test_a_program_may_ask_as_an_mcp_tool(address: str) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def use() -> tuple[Any, Any]:
        async with (
            streamable_http_client(f"{address}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = await session.list_tools()
            return tools.tools, await session.call_tool("ask", {"question": "why did NTM-I end?"})

    with ThreadPoolExecutor(1) as other:  # Playwright's loop runs on this thread
        tools, called = other.submit(asyncio.run, use()).result(WAIT / 1000)
    assert [tool.name for tool in tools] == ["ask"]
    assert tools[0].inputSchema["properties"].keys() == {"question", "threshold"}
    assert tools[0].inputSchema["required"] == ["question"]
    assert not called.isError
    assert "immunité" in called.content[0].text


def test_the_server_calls_no_other_host(page: Page, called: Path) -> None:
    ask(page, "Quand aura lieu le sommet ?")
    assert set(called.read_text(encoding="utf-8").split()) <= {"127.0.0.1", "localhost", "::1"}
