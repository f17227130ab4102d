"""The page's components and what they say: chat left, article right."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import gradio as gr

from qa.language import Language
from qa.web import scripts
from qa.web.handlers import Handlers
from qa.web.session import Session
from qa.web.strings import STRINGS, say

FILE_TYPES = ".txt,.md,.html,.htm,.pdf,.docx"
Relabel = Callable[[Language], Any]


@lru_cache
def translations() -> gr.I18n:
    """The page's own phrases, which the browser chooses by its language until the user does."""
    return gr.I18n(**{language: dict(phrases) for language, phrases in STRINGS.items()})


def _brand(language: Language) -> str:
    return f"<h1>{say(language, 'title')}</h1><p>{say(language, 'intro')}</p>"


def _opener(language: Language) -> str:
    return (
        f"<p>{say(language, 'open_hint')}</p><label>{say(language, 'choose_file')}"
        f'<input type="file" accept="{FILE_TYPES}"></label>'
    )


def _update(**keys: str) -> Relabel:
    """The update that says phrases, by component property, in a language."""

    def relabel(language: Language) -> Any:
        said: dict[str, Any] = {name: say(language, key) for name, key in keys.items()}
        return gr.update(**said)

    return relabel


class Layout:
    """The components of one page; made inside a `gr.Blocks`."""

    def __init__(self, handlers: Handlers) -> None:
        self._do = handlers
        words = translations()
        self.session = gr.State(None)
        self.language = gr.State("en")
        self.preference = gr.Textbox(visible=False)
        self.payload = gr.Textbox(visible=False)
        self.asked = gr.Textbox(visible=False)
        with gr.Row(elem_id="top"):
            self.brand = gr.HTML(_brand("en"), elem_id="brand", js_on_load=None)
            self.switch = gr.Button(words("language"), size="sm", elem_id="language", scale=0)
            self.theme = gr.Button(words("theme"), size="sm", elem_id="theme", scale=0)
        with gr.Row(elem_id="columns"):
            with gr.Column(scale=1, min_width=320, elem_id="left"):
                self._chat(words)
                self._tools(words)
                self._settings(words)
            with gr.Column(scale=1, min_width=320, elem_id="right"):
                self._article(words)

    def _chat(self, words: gr.I18n) -> None:
        self.chat = gr.Chatbot(
            label=words("chat"),
            elem_id="chat",
            show_label=False,
            height="56vh",
            buttons=[],
            placeholder=say("en", "empty_chat"),
            feedback_options=None if self._do.feedback is None else ["Like", "Dislike"],
            latex_delimiters=[],
            layout="bubble",
            autoscroll=False,
        )
        self.suggestions = gr.HTML("", elem_id="suggestions", js_on_load=scripts.SUGGESTIONS)
        with gr.Row(elem_id="ask-row"):
            self.box = gr.Textbox(
                label=words("question"),
                placeholder=words("placeholder"),
                elem_id="question",
                show_label=False,
                container=False,
                max_lines=4,
                autofocus=True,
            )
            self.send = gr.Button(words("send"), variant="primary", elem_id="send", min_width=92, scale=0)
            self.stop = gr.Button(words("stop"), variant="stop", elem_id="stop", min_width=92, scale=0)

    def _tools(self, words: gr.I18n) -> None:
        with gr.Row(elem_id="tools"):
            self.clear = gr.Button(words("clear"), size="sm", elem_id="clear")
            self.markdown = gr.Button(words("export_markdown"), size="sm", elem_id="export-markdown")
            self.json = gr.Button(words("export_json"), size="sm", elem_id="export-json")
        self.notice = gr.HTML("", elem_id="notice", js_on_load=None)

    def _settings(self, words: gr.I18n) -> None:
        with gr.Accordion(words("settings"), open=False, elem_id="settings") as self.settings:
            self.threshold = gr.Slider(
                0,
                1,
                self._do.threshold,
                step=0.01,
                label=words("threshold"),
                info=words("threshold_hint"),
                elem_id="threshold",
            )
            self.follow_ups = gr.Checkbox(True, label=words("follow_ups"), elem_id="follow-ups")
            self.measure = gr.Button(words("measure"), size="sm", elem_id="measure", visible=not self._do.is_measured)
            self.measured = gr.HTML("", elem_id="measured", js_on_load=None)
        with gr.Accordion(words("help"), open=False, elem_id="help") as self.help:
            self.help_text = gr.Markdown(words("help_text"), elem_id="help-text")

    def _article(self, words: gr.I18n) -> None:
        self.articles = gr.Dropdown(
            self._do.choices(Session(), "en"),
            value=0,
            label=words("articles"),
            elem_id="articles",
            visible=False,
            interactive=True,
            filterable=False,
        )
        self.pane = gr.HTML(self._do.pane(Session(), "en"), elem_id="article", js_on_load=scripts.PANE)
        with gr.Accordion(words("open"), open=False, elem_id="open") as self.open:
            self.opener = gr.HTML(_opener("en"), elem_id="open-file", js_on_load=scripts.OPEN_FILE)
            self.pasted = gr.Textbox(
                label=words("paste"), placeholder=words("paste_placeholder"), lines=3, max_lines=8, elem_id="paste"
            )
            self.read = gr.Button(words("read"), size="sm", elem_id="read")
        self.opened = gr.HTML("", elem_id="opened", js_on_load=None)

    @property
    def labelled(self) -> list[tuple[Any, Relabel]]:
        """Each component that says something, and its update for a language."""
        return [
            (self.switch, _update(value="language")),
            (self.theme, _update(value="theme")),
            (self.send, _update(value="send")),
            (self.stop, _update(value="stop")),
            (self.clear, _update(value="clear")),
            (self.markdown, _update(value="export_markdown")),
            (self.json, _update(value="export_json")),
            (self.measure, _update(value="measure")),
            (self.read, _update(value="read")),
            (self.help_text, _update(value="help_text")),
            (self.settings, _update(label="settings")),
            (self.help, _update(label="help")),
            (self.open, _update(label="open")),
            (self.follow_ups, _update(label="follow_ups")),
            (self.chat, _update(label="chat", placeholder="empty_chat")),
            (self.box, _update(label="question", placeholder="placeholder")),
            (self.pasted, _update(label="paste", placeholder="paste_placeholder")),
            (self.threshold, _update(label="threshold", info="threshold_hint")),
            (self.brand, lambda language: gr.update(value=_brand(language))),
            (self.opener, lambda language: gr.update(value=_opener(language))),
        ]
