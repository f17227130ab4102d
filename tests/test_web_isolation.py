"""One session's article, and others who try every way to read it."""

from __future__ import annotations

import json
import os
import re
import secrets
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from browsing import WAIT, ask, needs_browser, open_page, serve
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from qa.web.owner import COOKIE

ROOT = Path(__file__).resolve().parents[1]
SECRET = f"quolibrane{secrets.token_hex(8)}"
ARTICLE = f"Le phare de {SECRET} brille à Lannoz. Rien d'autre."
QUESTION = "Où brille le phare ?"
LISTEN_SECONDS = 1.0
MOST_BYTES = 1_000_000
FORGED: dict[str, Any] = {
    "own": [{"article": {"text": "x", "name": "x"}}],
    "chosen": 1,
    "turns": [],
    "path": "/etc/passwd",
    "meta": {"_type": "gradio.FileData"},
}
EVENT_DATA = {"index": [0, 0], "value": ["a.txt", "YQ=="], "liked": True}
pytestmark = needs_browser


@dataclass
class Owner:
    """The session that has the article."""

    context: BrowserContext
    page: Page
    address: str
    folder: Path
    name: str
    """What the page calls its session."""
    events: list[str]
    """The names of what it queued."""


@pytest.fixture(scope="module")
def owner(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    """A page, open all along, on which an article with a secret word was opened and asked."""
    folder = tmp_path_factory.mktemp("recorded")
    scratch = tmp_path_factory.mktemp("scratch")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(scratch),
        "GRADIO_TEMP_DIR": str(scratch / "gradio"),
    }
    with serve([sys.executable, str(ROOT / "tests/web_recorded.py"), str(folder)], environment) as address:
        context = browser.new_context(locale="en-GB")
        page = open_page(context, address)
        responses: list[Response] = []
        page.on("response", lambda response: responses.append(response))  # noqa: PLW0108  # Playwright wants a function
        page.get_by_role("button", name="Open your own article").click()
        page.locator("#paste textarea").fill(ARTICLE)
        page.get_by_role("button", name="Read this text").click()
        expect(page.locator("#article .article-pane")).to_contain_text(SECRET, timeout=WAIT)
        expect(ask(page, QUESTION)).to_contain_text(SECRET)
        (name,) = set(re.findall(r"session_hash=(\w+)", " ".join(response.url for response in responses)))
        events = [r.json()["event_id"] for r in responses if r.url.split("?")[0].endswith("/queue/join")]
        assert name not in (folder / "said.txt").read_text(encoding="utf-8")
        yield Owner(context, page, address, folder, name, events)
        context.close()
        assert SECRET not in (folder / "said.txt").read_text(encoding="utf-8")
        assert _files_with_secret(folder, scratch) == []


def _files_with_secret(folder: Path, scratch: Path) -> list[Path]:
    """Files that hold the word, of all that the server could have written."""
    opened = [Path(line) for line in (folder / "opened.txt").read_text(encoding="utf-8").splitlines()]
    files = {p for p in (*folder.rglob("*"), *scratch.rglob("*"), *opened) if p.is_file()}
    return [path for path in files if SECRET.encode() in path.read_bytes()]


@dataclass
class Stranger:
    """A client, and every byte it was ever told."""

    client: httpx.Client
    heard: bytearray = field(default_factory=bytearray)

    def say(self, method: str, path: str, **more: Any) -> int:
        """Ask, and listen to the answer for a while, as some never end; the status, 0 without an answer."""
        try:
            with self.client.stream(method, path, **more) as response:
                for part in response.iter_bytes():
                    self.heard += part
                    if len(self.heard) > MOST_BYTES:
                        self.check()
                return response.status_code
        except httpx.TransportError:
            return 0

    def check(self) -> None:
        """Fails where the secret was heard."""
        assert SECRET.encode() not in self.heard
        del self.heard[: -len(SECRET)]


@pytest.fixture(params=["a browser's", "none"])
def stranger(owner: Owner, request: pytest.FixtureRequest) -> Iterator[Stranger]:
    """Another client, with a cookie of its own or with none."""
    with httpx.Client(base_url=owner.address, timeout=httpx.Timeout(5, read=LISTEN_SECONDS)) as client:
        if request.param != "none":
            client.get("/")
            assert client.cookies[COOKIE]
        found = Stranger(client)
        yield found
        found.check()


@dataclass(frozen=True)
class Event:
    """An event of the page: its number, whether it waits in the queue, and data such as the page sends."""

    number: int
    is_queued: bool
    api_name: str | None
    data: list[Any]


def _events(client: httpx.Client) -> list[Event]:
    """All that the server answers, with a forged session wherever the page has its own; what begins a session is
    first."""
    config = client.get("/config").json()
    kinds = {component["id"]: component["type"] for component in config["components"]}
    sent = {"textbox": QUESTION, "state": FORGED, "slider": 0, "checkbox": False, "dropdown": 1}
    events = [
        Event(d["id"], bool(d["queue"]), d["api_name"], [sent.get(kinds[i]) for i in d["inputs"]])
        for d in config["dependencies"]
        if d["backend_fn"]
    ]
    return sorted(events, key=lambda event: event.api_name != "begin")


def test_no_event_under_any_name_tells_it(owner: Owner, stranger: Stranger) -> None:
    events = _events(stranger.client)
    assert events[0].api_name == "begin"
    assert sum(event.is_queued for event in events) >= 5
    for event in events:
        for name in (owner.name, f"{owner.name}.", None):
            body = {"fn_index": event.number, "data": event.data, "session_hash": name, "event_data": EVENT_DATA}
            stranger.say("POST", "/gradio_api/run/predict", json=body)
        if event.is_queued:
            stranger.say("POST", "/gradio_api/queue/join", json={**body, "session_hash": owner.name})
            stranger.say("GET", "/gradio_api/queue/data", params={"session_hash": owner.name})


def test_no_named_function_tells_it(owner: Owner, stranger: Stranger) -> None:
    events = [event for event in _events(stranger.client) if event.api_name]
    assert "ask" in [event.api_name for event in events]
    for event in events:
        path = f"/gradio_api/call/{event.api_name}"
        data = [QUESTION, 0] if event.api_name == "ask" else event.data
        for name in (owner.name, None):
            joined = stranger.client.post(path, json={"data": data, "session_hash": name})
            stranger.heard += joined.content
            if joined.status_code == 200:
                stranger.say("GET", f"{path}/{joined.json()['event_id']}")
        stranger.say("POST", f"/gradio_api/call/v2/{event.api_name}", json={"question": QUESTION})
    for said in (owner.name, *owner.events):
        stranger.say("GET", f"/gradio_api/call/ask/{said}")
        stranger.say("POST", "/gradio_api/cancel", json={"session_hash": owner.name, "fn_index": 0, "event_id": said})
        stranger.say("POST", "/gradio_api/reset", json={"event_id": said})


def test_no_route_tells_it(owner: Owner, stranger: Stranger) -> None:
    name, scratch = owner.name, "/tmp/gradio"
    paths = [
        "/", "/config", "/info", "/openapi.json", "/docs", "/monitoring", "/monitoring/summary", "/monitoring/x",
        "/runs", "/run-history/records", "/queue/status", "/token", "/user", "/app_id", "/dev/reload",
        "/startup-events", "/vibe-code", "/profiling/traces", "/theme.css", "/manifest.json",
        "/upload_progress?upload_id=x",
        f"/deep_link?session_hash={name}", f"/?deep_link={name}", f"/config?deep_link={name}", f"/heartbeat/{name}",
        f"/queue/data?session_hash={name}&session_hash=x", f"/queue/data?session_hash=x&session_hash={name}",
        f"/queue/data?session%5Fhash={name}", f"/stream/{name}/0/0/playlist.m3u8", f"/stream/{name}/0/0/playlist-file",
        "/file=/proc/self/mem", "/file=/proc/self/environ", f"/file={scratch}", f"/file/{scratch}", "/file=.",
        f"/file={owner.folder}/thumbs.sqlite", f"/file={owner.folder}/said.txt", f"/proxy={owner.address}/config",
        "/static/..%2f..%2f..%2f..%2fetc/passwd", "/custom_component/x/client/component/index.js", "/mcp/schema",
    ]  # fmt: skip
    for path in paths:
        for prefix in ("", "/gradio_api"):
            stranger.say("GET", f"{prefix}{path}")
    linked = stranger.client.get("/gradio_api/deep_link", params={"session_hash": name})
    stranger.heard += linked.content
    if linked.status_code == 200 and linked.content:
        stranger.say("GET", "/", params={"deep_link": linked.text.strip('"')})
    stranger.say("POST", "/gradio_api/stream/x", json={"data": [], "session_hash": name})
    for function in ("get", "ls", "value"):
        body = {"data": "", "component_id": 1, "session_hash": name, "fn_name": function}
        stranger.say("POST", "/gradio_api/component_server", json=body)


@pytest.mark.parametrize(
    "change",
    [
        {"headers": {"content-type": "text/plain"}},
        {"headers": {"content-type": "application/json; charset=utf-16"}, "encoding": "utf-16"},
        {"headers": {"content-type": "application/vnd.x+json"}},
        {"twice": True},
    ],
)
def test_no_way_of_writing_the_request_tells_it(owner: Owner, stranger: Stranger, change: dict[str, Any]) -> None:
    wanted = ("show", "speak", "clear", "choose", "export")
    for event in (event for event in _events(stranger.client) if event.api_name in wanted):
        before = '"session_hash": "x", ' if change.get("twice") else ""
        data = json.dumps(event.data)
        body = f'{{{before}"session_hash": "{owner.name}", "fn_index": {event.number}, "data": {data}}}'
        headers = change.get("headers", {"content-type": "application/json"})
        encoded = body.encode(change.get("encoding", "utf-8"))
        stranger.say("POST", "/gradio_api/run/predict", content=encoded, headers=headers)


def test_whoever_listens_while_it_is_asked_hears_nothing_and_the_owner_gets_the_answer(
    owner: Owner, stranger: Stranger
) -> None:
    before = owner.page.locator("#chat .card").count()
    owner.page.locator("#question textarea").fill("Who spoke slowly?")
    with owner.page.expect_response("**/queue/join*"):
        owner.page.locator("#question textarea").press("Enter")
    name = owner.name

    def listen() -> None:
        for path in (f"queue/data?session_hash={name}", f"call/ask/{name}", f"heartbeat/{name}"):
            stranger.say("GET", f"/gradio_api/{path}")

    listener = threading.Thread(target=listen)
    listener.start()
    expect(owner.page.locator("#chat .card")).to_have_count(before + 1, timeout=WAIT)
    listener.join()
    expect(owner.page.locator("#chat .card").last).to_contain_text(SECRET)


def test_another_browser_sees_the_pages_own_article_alone(owner: Owner, browser: Browser) -> None:
    context = browser.new_context(locale="en-GB")
    page = open_page(context, owner.address)
    assert SECRET not in ask(page, QUESTION).inner_text()
    stolen = page.evaluate(
        """async (name) => {
          const {dependencies} = await (await fetch('/config')).json();
          const ask = ({id, inputs}) => fetch('/gradio_api/run/predict', {method: 'POST',
            headers: {'content-type': 'application/json'}, body: JSON.stringify(
              {fn_index: id, session_hash: name, data: inputs.map(() => null), event_data: {index: [0, 0]}})});
          return Promise.all(dependencies.map(async (one) => (await ask(one)).text()));
        }""",
        owner.name,
    )
    assert SECRET not in "".join(stolen)
    assert SECRET not in page.content()
    context.close()


def test_thumbs_and_exports_are_the_sessions_own(owner: Owner) -> None:
    likes = re.compile("^(like|thumbs? up)", re.IGNORECASE)
    owner.page.locator("#chat").get_by_role("button", name=likes).first.click()
    expect(owner.page.locator("#notice")).to_contain_text("Not kept", timeout=WAIT)
    with owner.page.expect_download() as download:
        owner.page.locator("#export-json").click()
    exported = Path(download.value.path()).read_text(encoding="utf-8")
    assert SECRET in exported
    assert owner.name not in exported


def test_the_owner_still_has_it_by_a_cookie_that_no_script_reads(owner: Owner) -> None:
    expect(ask(owner.page, QUESTION)).to_contain_text(SECRET)
    assert owner.name not in owner.page.url
    (cookie,) = (cookie for cookie in owner.context.cookies() if cookie["name"] == COOKIE)
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert len(cookie["value"]) >= 22
    assert owner.page.evaluate("document.cookie") == ""
