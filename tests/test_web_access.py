"""Who may reach the page, by which names, with which password, how often."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_fakes import PlannedArticle

from app import main
from qa.article import load_article
from qa.errors import DispatchError
from qa.web.access import PASSWORD_VARIABLE, PUBLIC_RATE, Access, decide_access, read_password
from qa.web.password import FAILURES_A_MINUTE
from qa.web.rate import MAX_CLIENTS, Rate, client_of
from qa.web.server import build_app

ASK = "/gradio_api/call/ask"
QUESTION: dict[str, Any] = {"data": ["Qui ?", None]}


def _client(access: Access, address: str = "192.0.2.1") -> TestClient:
    return TestClient(build_app(PlannedArticle(load_article()), access), client=(address, 1))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org"])
def test_others_reach_the_page_only_where_that_is_said(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DispatchError, match=r"lets other machines reach the page; add --public"):
        decide_access(host)
    assert main(["--host", host]) == 2  # before a model is opened
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_machine_alone_has_no_limit_and_nothing_to_be_told(host: str) -> None:
    access = decide_access(host)
    assert (access.rate, access.password, access.is_public) == (None, None, False)
    assert "*" not in access.hosts
    assert access.describe(host) == []
    assert decide_access(host, rate=5).rate == 5


def test_what_a_public_page_means_is_told_in_two_lines() -> None:
    open_to_all = decide_access("0.0.0.0", public=True).describe("0.0.0.0:7860")
    assert len(open_to_all) == 2
    assert "there is no password" in open_to_all[0]
    assert "any host name" in open_to_all[1]
    assert f"{PUBLIC_RATE} questions a minute" in open_to_all[1]
    closed = decide_access("0.0.0.0", True, ["news.example"], "x", 0)
    assert closed.hosts == ("news.example",)
    assert "asks for the password" in closed.describe("0.0.0.0:7860")[0]
    assert "news.example; a client may ask as often as it likes" in closed.describe("0.0.0.0:7860")[1]


def test_the_password_is_read_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    assert read_password(None) is None
    monkeypatch.setenv(PASSWORD_VARIABLE, "of the environment")
    assert read_password(None) == "of the environment"
    file = tmp_path / "password"
    file.write_text("élan vital\n", encoding="utf-8")
    assert read_password(file) == "élan vital"
    file.write_text(" \n", encoding="utf-8")
    with pytest.raises(DispatchError, match="the password is empty"):
        read_password(file)
    with pytest.raises(DispatchError, match="cannot be read"):
        read_password(tmp_path)


def test_without_the_password_nothing_but_health_is_told() -> None:
    with _client(Access(("testserver",), password="élan vital")) as client:
        for path in ("/", "/config", "/gradio_api/info", "/assets/x", "/gradio_api/heartbeat/a"):
            assert client.get(path).status_code == 401
        assert client.post(ASK, json=QUESTION).headers["www-authenticate"].startswith("Basic")
        assert client.get("/healthz").status_code == 200
        for header in ("Basic", "Basic *", "Bearer elan vital", "Basic w6k="):
            assert client.get("/config", headers={"authorization": header}).status_code == 401
        assert client.get("/config", auth=("", "elan vital")).status_code == 401
        assert client.get("/config", auth=("anyone", "élan vital")).status_code == 200
        assert client.post(ASK, json=QUESTION, auth=("", "élan vital")).status_code == 200


def test_who_guesses_too_often_is_not_listened_to_for_a_while() -> None:
    app = build_app(PlannedArticle(load_article()), Access(("testserver",), password="right"))
    with TestClient(app, client=("192.0.2.1", 1)) as guesser:
        answers = [guesser.get("/config", auth=("", f"guess {n}")).status_code for n in range(FAILURES_A_MINUTE + 2)]
        assert answers == [401] * FAILURES_A_MINUTE + [429] * 2
        assert guesser.get("/config", auth=("", "right")).status_code == 429
        assert TestClient(app, client=("192.0.2.2", 1)).get("/config", auth=("", "right")).status_code == 200


def test_a_client_that_asks_too_often_is_told_when_to_come_back_and_others_are_not_held_up() -> None:
    app = build_app(PlannedArticle(load_article()), Access(("testserver",), rate=3))
    with TestClient(app, client=("192.0.2.1", 1)) as client:
        assert [client.post(ASK, json=QUESTION).status_code for _ in range(4)] == [200, 200, 200, 429]
        for path in (ASK, "/gradio_api/queue/join", "/gradio_api/run/predict"):
            refused = client.post(path, json=QUESTION)
            assert refused.status_code == 429
            assert 0 < int(refused.headers["retry-after"]) <= 20
            assert "try again in" in refused.json()["detail"]
        assert client.get("/config").status_code == 200
        other = TestClient(app, client=("192.0.2.2", 1))
        assert other.post(ASK, json=QUESTION).status_code == 200


def test_the_pages_small_events_cost_a_tenth() -> None:
    with _client(Access(("testserver",), rate=1)) as client:
        body = {"data": [], "fn_index": 0}
        codes = [client.post("/gradio_api/run/x", json=body).status_code for _ in range(11)]
        assert codes == [404] * 10 + [429]


def test_a_budget_fills_as_time_goes_by() -> None:
    now = [100.0]
    rate = Rate(60, lambda: now[0])
    for _ in range(60):
        assert rate.wait("a") == 0
        rate.spend("a")
    assert rate.wait("a") == pytest.approx(1)
    now[0] += 0.5
    assert rate.wait("a") == pytest.approx(0.5)
    now[0] += 0.5
    assert rate.wait("a") == 0
    assert rate.wait("b") == 0
    now[0] += 1_000
    for _ in range(60):  # a long pause gives no more than a whole budget
        rate.spend("a")
    assert rate.wait("a") > 0


def test_the_memory_of_clients_is_bounded_and_forgets_who_came_longest_ago() -> None:
    rate = Rate(1, lambda: 0.0)
    for n in range(MAX_CLIENTS):
        rate.spend(f"c{n}")
    rate.spend("c0")
    rate.spend("new")
    assert rate.wait("c0") > 0
    assert rate.wait("c1") == 0
    assert rate.wait("c2") > 0


def test_a_client_is_an_address_and_of_ipv6_a_household() -> None:
    assert client_of({"client": ("192.0.2.7", 5)}) == "192.0.2.7"
    assert client_of({"client": ("2001:db8::1", 5)}) == client_of({"client": ("2001:db8::ffff:2", 5)})
    assert client_of({"client": ("2001:db8::1", 5)}) != client_of({"client": ("2001:db8:0:1::1", 5)})
    assert client_of({"client": None}) == ""


@pytest.mark.parametrize("access", [Access(is_public=True), Access(password="x")])
def test_the_mcp_tool_is_for_this_machine_alone(access: Access) -> None:
    with pytest.raises(DispatchError, match="for this machine alone"):
        build_app(PlannedArticle(load_article()), access, mcp=True)


@pytest.mark.parametrize("options", [["--rate", "-1"], ["--rate", "x"], ["--deadline", "0"], ["--deadline", "nan"]])
def test_numbers_that_mean_nothing_are_refused(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(options)
    assert "is no" in capsys.readouterr().err
