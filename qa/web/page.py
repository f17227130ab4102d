"""The page: chat left, article right."""

from __future__ import annotations

import itertools
import logging
from functools import lru_cache
from typing import Any

import gradio as gr

from qa.errors import DispatchError
from qa.language import Language, detect_language
from qa.pipeline import ArticleQA
from qa.types import Answer
from qa.web.article_pane import SCROLL, render_article
from qa.web.escape import escape_markdown
from qa.web.strings import STRINGS, say

logger = logging.getLogger(__name__)

CSS = """
.article-pane { height: min(72vh, 760px); overflow-y: auto; padding: 4px 20px; line-height: 1.6;
  border: 1px solid var(--border-color-primary); border-radius: 8px; background: var(--background-fill-primary); }
.article-pane:focus-visible { outline: 2px solid var(--color-accent); }
.article-pane h2 { font-size: 1rem; color: var(--body-text-color-subdued); margin: 12px 0; }
.article-pane p { margin: 0 0 14px; white-space: pre-wrap; color: var(--body-text-color); overflow-wrap: anywhere; }
.article-pane .evidence { background: color-mix(in srgb, #facc15 22%, transparent); }
.article-pane mark { background: #facc15; color: #1c1917; padding: 1px 0; border-radius: 2px; }
.article-pane .candidate { outline: 1px dashed var(--color-accent); outline-offset: 1px; }
"""

Message = dict[str, Any]


def _paragraph_number(opened: ArticleQA, start: int) -> int:
    return sum(first <= start for first, _ in opened.article.paragraphs)


def answer_message(opened: ArticleQA, answer: Answer, language: Language) -> str:
    """An answer as a Markdown message in the question's language; the article's words stay its own."""
    lines = [f"**{escape_markdown(answer.text if answer else say(language, 'not_said'))}**"]
    if answer.evidence is not None:
        label = say(language, "sentence" if answer else "closest")
        place = f"{say(language, 'paragraph')} {_paragraph_number(opened, answer.evidence.start)}"
        lines.append(f"{label} ({place}) : {escape_markdown(answer.evidence.text)}")
    lines.append(f"{say(language, 'confidence')} {answer.confidence:.0%} · {answer.timing.total_ms:.0f} ms")
    return "\n\n".join(lines)


@lru_cache
def translations() -> gr.I18n:
    """The page's own phrases, which the browser chooses by its language."""
    return gr.I18n(**{language: dict(phrases) for language, phrases in STRINGS.items()})


def build_page(opened: ArticleQA) -> gr.Blocks:
    """The page that asks one opened article. Serve it with `qa.web.server`."""
    words = translations()
    nonces = itertools.count(1)

    def pane(answer: Answer | None, language: Language) -> str:
        return render_article(opened.article, answer, say(language, "article"), next(nonces))

    def respond(question: str, history: list[Message]) -> tuple[str, list[Message], str]:
        asked = question.strip()
        language = detect_language(asked)
        answer: Answer | None = None
        try:
            answer = opened.ask(asked)
            reply = answer_message(opened, answer, language)
        except DispatchError as error:
            reply = escape_markdown(say(language, "sorry").format(reason=error))
        except Exception:
            logger.exception("a question could not be answered")
            reply = say(language, "failed")
        turn = [{"role": "user", "content": escape_markdown(asked)}, {"role": "assistant", "content": reply}]
        return "", [*history, *turn], pane(answer, language)

    def ask(question: str) -> dict[str, Any]:
        """Answer a question about the article; the whole record, as `python -m qa ask --json` prints it."""
        try:
            return opened.ask(question).to_dict()
        except DispatchError as error:
            raise gr.Error(str(error), print_exception=False) from error

    with gr.Blocks(title="Dispatch QA", analytics_enabled=False) as page:
        gr.Markdown("# Dispatch QA")
        gr.Markdown(words("intro"))
        with gr.Row():
            with gr.Column(scale=1, min_width=320):
                chat = gr.Chatbot(
                    label=words("chat"), elem_id="chat", height="56vh", buttons=["copy"], feedback_options=None
                )
                with gr.Row():
                    box = gr.Textbox(
                        label=words("question"),
                        placeholder=words("placeholder"),
                        elem_id="question",
                        show_label=False,
                        scale=4,
                        max_lines=4,
                        autofocus=True,
                    )
                    send = gr.Button(words("send"), variant="primary", elem_id="send", min_width=90)
                clear = gr.Button(words("clear"), size="sm", elem_id="clear")
            with gr.Column(scale=1, min_width=320):
                article = gr.HTML(pane(None, "fr"), elem_id="article", js_on_load=SCROLL)
        inputs, outputs = [box, chat], [box, chat, article]
        gr.on([box.submit, send.click], respond, inputs, outputs, api_visibility="private", show_progress="minimal")
        clear.click(lambda: ([], pane(None, "fr")), None, [chat, article], api_visibility="private")
        gr.api(ask, api_name="ask")
    return page
