"""The report in a real browser: it draws without a network, its filters work, and markup stays text."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import Plant, PlantedReader, fake_models
from playwright.sync_api import Browser, Page, expect, sync_playwright

from qa.evaluation.compare import compare
from qa.evaluation.compare_page import write_comparison
from qa.evaluation.questions import EvaluationQuestion, GoldAnswer
from qa.evaluation.runner import evaluate

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
ATTACK = "</script><img src=x onerror=\"document.title='run'\"><!-- ${1} {{DATA}} "
CONTEXT = f"M. Dupont 😀 refuse le plan de Rome. {ATTACK}attend à Paris. L'été finit."

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="no chromium on the path: apt-get install chromium"
)


def make_run(folder: Path, margin: float) -> None:
    """120 questions, of which one in three goes wrong in some way."""
    kinds = [("Dupont", "Dupont"), ("le plan", "plan de Rome"), ("Paris", "Rome"), ("Rome", "Rome"), ("", "Paris")]
    questions, plants = [], {}
    for i in range(120):
        gold, said = kinds[i % len(kinds)]
        name = f"{'Qui' if i % 2 else 'Who'} {i} {ATTACK if i == 7 else ''}?"
        answers = (GoldAnswer(gold, None),) if gold else ()
        language = "fr" if i % 2 else "en"
        kind = "who" if i % 3 else "where"
        questions.append(EvaluationQuestion(f"q{i}", name, CONTEXT, f"t {ATTACK}", answers, language, kind))
        plants[name] = Plant(said, margin * (i % 7 - 2))
    questions.append(EvaluationQuestion("bad", "{", None, "?", (), "?", "?", error="q.jsonl: line 3: no JSON"))
    evaluate(questions, fake_models(PlantedReader(plants)), folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("run")
    make_run(found, 1)
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when it says anything on its console or asks for any address."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda request: said.append(request.url) if not request.url.startswith("file:") else None)
    yield opened
    context.close()
    assert said == []


@needs_chromium
def test_the_report_draws_its_plots_and_its_worst_questions_first(page: Page, folder: Path) -> None:
    page.goto((folder / "report.html").as_uri())
    expect(page.locator("svg")).to_have_count(4)
    assert page.locator("svg circle").count() > 10
    expect(page.locator("#count")).to_have_text("121 of 121 questions")
    expect(page.locator(".question")).to_have_count(50)
    page.locator("button.more").click()
    expect(page.locator(".question")).to_have_count(100)
    assert "right" not in str(page.locator(".question").first.get_attribute("class"))
    for word in ("null", "undefined", "NaN"):
        assert word not in page.locator("main").inner_text()


@needs_chromium
def test_filters_search_and_a_bar_choose_questions(page: Page, folder: Path) -> None:
    page.goto((folder / "report.html").as_uri())
    page.locator("#filter-stage").select_option("error")
    expect(page.locator(".question")).to_have_count(1)
    expect(page.locator(".question")).to_contain_text("q.jsonl: line 3: no JSON")
    page.locator("[data-stage=right]").click()
    expect(page.locator("#filter-stage")).to_have_value("right")
    n = page.locator(".question").count()
    assert n == page.locator(".question.right").count() > 0
    page.locator("#filter-language").select_option("fr")
    assert page.locator(".question").count() < n
    page.locator("#filter-stage").select_option("")
    page.locator("#filter-language").select_option("")
    page.locator("#search").fill("WHO 118 ")
    expect(page.locator(".question")).to_have_count(1)
    expect(page.locator(".question .asked")).to_have_text("Who 118 ?")
    page.locator("#search").fill("ete finit")
    assert page.locator(".question").count() <= 1


@needs_chromium
def test_markup_stays_text_and_the_mark_is_the_answer(page: Page, folder: Path) -> None:
    page.goto((folder / "report.html").as_uri())
    page.locator("#search").fill("Qui 7 </script")
    expect(page.locator(".asked")).to_contain_text("</script><img src=x")
    assert page.locator("main img, main script").count() == 0
    assert page.title().startswith("Evaluation of")
    page.locator("#search").fill("")
    page.locator("#filter-stage").select_option("wrong_boundary")
    first = page.locator(".question").first
    expect(first.locator(".said").first).to_have_text("plan de Rome")
    expect(first.locator(".found mark")).to_have_text("plan de Rome")
    expect(first.locator(".gold mark")).to_have_text("le plan")


@needs_chromium
def test_the_report_is_readable_in_the_dark_on_a_phone_and_on_paper(browser: Browser, folder: Path) -> None:
    context = browser.new_context(color_scheme="dark", viewport={"width": 360, "height": 700})
    page = context.new_page()
    page.goto((folder / "report.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(map(int, re.findall(r"\d+", ground)[:3])) < 60
    page.emulate_media(media="print")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert min(map(int, re.findall(r"\d+", ground)[:3])) > 250
    expect(page.locator(".filters")).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".question")).to_have_count(121)
    expect(page.locator("details:not([open])")).to_have_count(0)
    context.close()


@needs_chromium
@pytest.mark.parametrize("gold", [None, (), ("plan",)])
def test_a_report_of_one_question_draws(page: Page, tmp_path: Path, gold: tuple[str, ...] | None) -> None:
    answers = tuple(GoldAnswer(text, None) for text in gold or ())
    question = EvaluationQuestion("a", "Quoi ?", CONTEXT, "t", answers, "?", "?", labelled=gold is not None)
    evaluate([question], fake_models(PlantedReader({"Quoi ?": Plant("plan")})), tmp_path)
    page.goto((tmp_path / "report.html").as_uri())
    expect(page.locator(".question")).to_have_count(1)
    expect(page.locator(".question .said").first).to_have_text("plan")
    for word in ("null", "undefined", "NaN"):
        assert word not in page.locator("main").inner_text()


@needs_chromium
def test_the_comparison_draws_and_filters(page: Page, folder: Path, tmp_path: Path) -> None:
    make_run(tmp_path / "b", -1)
    found = compare(folder, tmp_path / "b", 1)
    write_comparison(tmp_path / "page.html", found)
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.locator("h1")).to_have_text("B is worse than A" if found.is_worse else "B is not worse than A")
    page.locator("#filter-kind").select_option("broken")
    expect(page.locator("#count")).to_have_text(f"{found.counts['broken']} of {len(found.changes)} questions")
    assert page.locator(".question.broken").count() == min(50, found.counts["broken"])


def test_the_file_needs_nothing_else(folder: Path) -> None:
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert text.count("<script") == 2
    assert not re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?!data:,)[\w/.:]*//""", text.replace(ATTACK, ""))
    assert ATTACK not in text
    assert "default-src 'none'" in text
