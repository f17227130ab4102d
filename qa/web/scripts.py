"""The page's own JavaScript: the pane's scrolling, links in cards, the file input, theme and downloads."""

PANE = """
const show = (reveal) => {
  const pane = element.querySelector('.article-pane');
  if (!pane) return;
  const target = pane.querySelector('mark') || pane.querySelector('.evidence');
  if (!target) { pane.scrollTop = 0; return; }
  const offset = target.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  pane.scrollTop += offset - pane.clientHeight / 3;
  if (reveal && window.matchMedia('(max-width: 820px)').matches) pane.scrollIntoView({block: 'nearest'});
};
let asked = false;
watch('value', () => { const reveal = asked; asked = false; requestAnimationFrame(() => show(reveal)); });
const cardText = (link) => {
  const card = link.closest('.card').cloneNode(true);
  card.querySelectorAll('.others, .actions').forEach((part) => part.remove());
  card.querySelectorAll('p, blockquote, .badge').forEach((part) => part.append('\\n'));
  return card.textContent.replace(/ · \\n/g, '\\n').trim();
};
const copy = async (link) => {
  const text = cardText(link);
  try { await navigator.clipboard.writeText(text); }
  catch { const area = document.createElement('textarea'); area.value = text; document.body.append(area);
    area.select(); document.execCommand('copy'); area.remove(); link.focus(); }
  const words = link.textContent; link.textContent = '✓';
  setTimeout(() => { link.textContent = words; }, 1200);
};
const unlabel = () => document.querySelectorAll('#chat [data-testid][aria-label]').forEach(
  (message) => message.removeAttribute('aria-label'));
let turns = 0;
const follow = () => {
  const wrap = document.querySelector('#chat .bubble-wrap');
  const last = [...document.querySelectorAll('#chat .user-row')].pop();
  if (wrap && last) wrap.scrollTop += last.getBoundingClientRect().top - wrap.getBoundingClientRect().top - 12;
};
const notice = () => {
  unlabel();
  const found = document.querySelectorAll('#chat :is(.user-row, .card, .message.pending)').length;
  if (found !== turns) requestAnimationFrame(follow);
  turns = found;
};
new MutationObserver(notice).observe(document.body, {childList: true, subtree: true});  // #chat comes later
document.addEventListener('click', (event) => {
  const link = event.target.closest && event.target.closest('#chat .card a');
  if (!link) return;
  const wanted = /#(show|copy|edit|retry)-(\\d+)(?:-(\\d+))?$/.exec(link.getAttribute('href') || '');
  if (!wanted) return;
  event.preventDefault();
  if (wanted[1] === 'copy') { copy(link); return; }
  document.querySelectorAll('#chat .card a[aria-current]').forEach((other) => other.removeAttribute('aria-current'));
  if (wanted[1] === 'show') link.setAttribute('aria-current', 'true');
  asked = wanted[1] === 'show';
  trigger(wanted[1] === 'show' ? 'select' : wanted[1], {index: [Number(wanted[2]), Number(wanted[3] || 0)], value: ''});
}, true);
"""

"""Gradio labels each message with its source, tags and character codes and all, which a screen reader would
say instead of the message: `unlabel` takes that away. `follow` begins a new turn at the top of the chat: Gradio
would scroll to its end, and hide the answer of a tall card on a phone."""

SPOKEN = """
(...inputs) => { document.body.classList.add('spoken'); return inputs; }
"""
"""Words that the server says in English first are hidden until it knows the reader's language."""

SUGGESTIONS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-question]');
  if (button) trigger('select', {index: 0, value: button.dataset.question});
});
"""

OPEN_FILE = """
element.addEventListener('change', async (event) => {
  const input = event.target.closest('input[type=file]');
  const file = input && input.files[0];
  if (!file) return;
  if (file.size > 5000000) { trigger('select', {index: file.size, value: [file.name, '']}); input.value = ''; return; }
  const reader = new FileReader();
  reader.onload = () => {
    trigger('select', {index: file.size, value: [file.name, String(reader.result).split(',', 2)[1] || '']});
    input.value = '';
  };
  reader.readAsDataURL(file);
});
"""

ON_LOAD = """
(preference, session, threshold) => {
  const theme = localStorage.getItem('dispatch-qa-theme');
  if (theme) document.body.classList.toggle('dark', theme === 'dark');
  const language = localStorage.getItem('dispatch-qa-language') || navigator.language || 'en';
  document.documentElement.lang = language.startsWith('fr') ? 'fr' : 'en';
  return [language.startsWith('fr') ? 'fr' : 'en', null, threshold];
}
"""

TOGGLE_THEME = """
() => {
  const dark = document.body.classList.toggle('dark');
  localStorage.setItem('dispatch-qa-theme', dark ? 'dark' : 'light');
}
"""

TOGGLE_LANGUAGE = """
(preference, session, threshold) => {
  const language = document.documentElement.lang === 'fr' ? 'en' : 'fr';
  document.documentElement.lang = language;
  localStorage.setItem('dispatch-qa-language', language);
  return [language, null, threshold];
}
"""

FOCUS_BOX = """
() => { const box = document.querySelector('#question textarea'); if (box) box.focus(); }
"""

DOWNLOAD = """
(payload) => {
  if (!payload) return;
  const [name, type, text] = JSON.parse(payload);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], {type}));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
"""
