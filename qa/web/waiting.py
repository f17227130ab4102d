"""The page's JavaScript for waiting: one piece of work at a time, and what a person does meanwhile.

A piece of work is whatever asks the models. While one is under way the page begins no other (`qa.web.events`
says why): the click or key that would begin one does not reach Gradio, and neither does an empty question.
After Stop or Clear the page is free once the server has told of both them and what they stopped; a question
that is sent before is sent then.
"""

from __future__ import annotations

import json

from qa.web.strings import STRINGS

_SCRIPT = """
<script>
window.dispatchWork = (() => {
  const starts = '#send, #question, #suggestions button, #chat a[href*="#retry-"], #measure, #read, #open-file,' +
    ' #articles';
  let awaited = 0, stopping = false, wished = false, number = 0, timer = null;
  const calm = () => { clearTimeout(timer); document.body.classList.remove('waiting'); };
  const refocus = () => {  // where the button that was used is gone, and no keyboard unfolds over the answer
    if (document.activeElement === document.body && matchMedia('(hover: hover)').matches)
      document.querySelector('#question textarea').focus({preventScroll: true});
  };
  const free = () => {
    const send = wished;
    awaited = 0; stopping = wished = false;
    calm();
    if (send) document.querySelector('#send').click();
    setTimeout(refocus, 100);
  };
  const begin = () => {
    calm();
    awaited = 1; number += 1;
    timer = setTimeout(() => document.body.classList.add('waiting'), 350);
  };
  const end = () => { awaited -= 1; if (awaited <= 0) free(); };
  const stop = () => { calm(); stopping = true; awaited += 1; };
  const stopped = () => {
    const then = number;
    end();
    setTimeout(() => { if (awaited && number === then) free(); }, 2000);  // an outcome that never comes
  };
  const said = BUSY;
  const busy = () => `<p role="alert">${said[document.documentElement.lang === 'fr' ? 'fr' : 'en']}</p>`;
  const gate = (event) => {
    const at = event.target.closest && event.target.closest(starts);
    if (!at) return;
    const isBox = at.id === 'question', isKey = event.type === 'keydown';
    if (isBox ? !isKey || event.key !== 'Enter' || event.shiftKey || event.isComposing : event.key === 'Tab') return;
    const box = document.querySelector('#question textarea'), isAsked = isBox || at.id === 'send';
    const isEmpty = isAsked && !box.value.trim();
    if (!awaited && !isEmpty) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (isEmpty) box.focus();
    else if (isAsked && stopping) wished = true;
  };
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && document.body.classList.contains('waiting')) document.querySelector('#stop').click();
  }, true);
  for (const type of ['keydown', 'mousedown', 'click']) document.addEventListener(type, gate, true);
  return {begin, end, stop, stopped, busy};
})();
</script>
"""
HEAD = _SCRIPT.replace("BUSY", json.dumps({language: phrases["busy"] for language, phrases in STRINGS.items()}))
"""Stop shows where work takes long enough to be seen, so that a quick answer makes nothing flicker."""

BEGIN = "(...inputs) => { window.dispatchWork.begin(); return inputs; }"
END = "() => { window.dispatchWork.end(); return ''; }"
FAILED = "() => { window.dispatchWork.end(); return ['', window.dispatchWork.busy()]; }"
STOP = "(...inputs) => { window.dispatchWork.stop(); return inputs; }"
STOPPED = "() => { window.dispatchWork.stopped(); }"

ASK = """
(question, asked, chat) => {
  window.dispatchWork.begin();
  const inert = question.trim().replace(/[^\\p{L}\\p{N}\\s?,;]/gu, (mark) => `&#${mark.codePointAt(0)};`);
  const message = {role: 'user', content: [{type: 'text', text: inert}], metadata: {title: null}, options: []};
  return ['', question, [...(chat || []), message]];
}
"""
"""The question is in the chat, and the box free, before anybody answers."""

_GIVE_BACK = """
  const shown = chat || [];
  const isWaiting = shown.length && shown[shown.length - 1].role === 'user';
  return isWaiting ? [question || asked, '', shown.slice(0, -1)] : [question, '', shown];
"""
REFUSED = f"""
(question, asked, chat) => {{
  window.dispatchWork.end();
  const giveBack = () => {{ {_GIVE_BACK} }};
  return [...giveBack(), window.dispatchWork.busy()];
}}
"""
"""A question that the server had no room for comes back to the box, from where it can be asked at once."""

TAKE_BACK = f"(question, asked, chat) => {{ window.dispatchWork.stop(); {_GIVE_BACK} }}"
"""So does a question that is stopped, unless another is typed there by now."""
