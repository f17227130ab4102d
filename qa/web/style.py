"""The page's style sheet: two columns that fill the window, one column on a phone, light and dark."""

CSS = """
:root { --strong: #ffd54a; --strong-ink: #1c1917; --light: #fff4c9; --outline: #6366f1; --good: #15803d;
  --doubt: #a16207; --soft: #57534e; }
.dark { --strong: #facc15; --strong-ink: #1c1917; --light: #4a4013; --outline: #a5b4fc; --good: #4ade80;
  --doubt: #fbbf24; --soft: #b8b3ae; }
.gradio-container { width: 100% !important; max-width: 1440px !important; margin: 0 auto !important;
  padding: 12px 20px !important; box-sizing: border-box; }
.gradio-container main, .gradio-container .main { width: 100%; min-width: 0; padding: 0 !important;
  margin: 0 auto !important; }
.gradio-container .html-container { padding: 0 !important; }

#top { align-items: center; flex-wrap: nowrap; gap: 8px; }
#brand h1 { font-size: 1.35rem; line-height: 1.2; margin: 0; letter-spacing: -0.01em; color: var(--body-text-color); }
#brand p { margin: 2px 0 0; font-size: .92rem; color: var(--soft); }
#top button { flex: 0 0 auto; white-space: nowrap; min-width: 0; }
#columns { gap: 20px; align-items: flex-start; }
#left, #right { gap: 10px; }

#left, #right { min-height: calc(100dvh - 92px); }
#chat { flex: 1 1 0 !important; height: auto !important; min-height: 300px; }
#chat .icon-button-wrapper.top-panel { display: none; }
.gradio-container .info-text { color: var(--soft) !important; }
#chat .prose { opacity: 1 !important; }
#chat .prose > .card { margin: 0; padding: 4px 2px; }
#chat .placeholder-content { padding: 24px; text-align: center; }
#chat .message-wrap, #chat .bubble-wrap { background: transparent; }
#chat .bot.message, #chat .message.bot { background: var(--background-fill-primary); }
#chat .placeholder { color: var(--soft); }
#chat :is(.message, .prose, .prose *) { overflow-wrap: anywhere; }
.card { font-size: .95rem; line-height: 1.5; }
.card, .article-head { overflow: clip; overflow-clip-margin: 4px; }
.card p { margin: 0 0 8px; }
.card .direct { font-size: 1.12rem; font-weight: 650; line-height: 1.35; color: var(--body-text-color); }
.card .reason { color: var(--body-text-color); }
.card .understood { font-size: .85rem; color: var(--soft); }
body:not(.spoken) :is(#brand p, .article-head p, #chat .placeholder-content) { visibility: hidden; }
.card q { quotes: none; font-style: italic; }
.card .badges { display: flex; flex-wrap: wrap; gap: 6px; margin: 0 0 10px; }
.card .badge { border: 1px solid var(--border-color-primary); border-radius: 999px; padding: 2px 10px;
  font-size: .82rem; color: var(--body-text-color); background: var(--background-fill-secondary); }
.card .badge q, .card .badge em { color: var(--soft); margin-inline-start: 4px; }
.card .badge em::before { content: "("; } .card .badge em::after { content: ")"; }
.card .label { margin: 0 0 3px; font-size: .82rem; color: var(--soft); }
#chat .card blockquote { margin: 0 0 10px !important; padding: 2px 0 2px 12px; border-left: 3px solid var(--strong);
  color: var(--body-text-color); font-family: Charter, "Bitstream Charter", Georgia, "Liberation Serif", serif; }
#chat .user .prose p { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 5; overflow: hidden; }
#chat .bot-row > *, #chat .bot.message { width: 100%; }
#chat .card.refused blockquote { border-left-color: var(--border-color-primary); }
.card blockquote strong { font-weight: 700; color: inherit; }
.card .others { font-size: .85rem; color: var(--soft); margin: 0 0 8px; }
.card .others ul { list-style: none; display: flex; flex-wrap: wrap; gap: 6px; padding: 0; margin: 4px 0 0; }
.card .others li { margin: 0; padding: 0; }
.card a { text-decoration: underline; text-underline-offset: 2px; color: var(--body-text-color); }
.card .direct a { text-decoration: none; }
.card .direct a:hover { text-decoration: underline; text-decoration-thickness: 1px; }
.card a.alternative { display: inline-block; border: 1px dashed var(--outline); border-radius: 8px; padding: 2px 9px;
  text-decoration: none; }
.card a.alternative:hover, .card a[aria-current]:not(.answer) { background: var(--light); }
.card a:focus-visible { outline: 2px solid var(--outline); outline-offset: 2px; border-radius: 4px; }
.card .foot { font-size: .8rem; color: var(--soft); margin: 0; font-variant-numeric: tabular-nums; }
.card .actions { font-size: .8rem; margin: 4px 0 0; } .card .actions a { color: var(--soft); }

#suggestions ul { list-style: none; display: flex; flex-wrap: wrap; gap: 8px; padding: 0; margin: 0; }
#suggestions li { margin: 0; padding: 0; }
#suggestions p { margin: 0 0 6px; font-size: .85rem; color: var(--soft); }
#suggestions button { border: 1px solid var(--border-color-primary); border-radius: 999px; padding: 5px 12px;
  background: var(--background-fill-secondary); color: var(--body-text-color); font-size: .88rem; text-align: start;
  cursor: pointer; line-height: 1.35; font-weight: 500; }
#suggestions button:hover { border-color: var(--outline); }
#suggestions button:focus-visible, #open-file label:focus-within {
  outline: 2px solid var(--outline); outline-offset: 2px; }
#ask-row { flex-wrap: nowrap; align-items: flex-end; gap: 8px; }
#ask-row #question { flex: 1 1 auto; min-width: 0; }
#send, #stop { flex: 0 0 auto; min-width: 126px !important; }
body:not(.waiting) #chat .message.pending, .gradio-container .progress-text { visibility: hidden; }
body:not(.waiting) #stop, body.waiting #send { display: none; }
.toast-body.error:has(.timer), [data-testid=status-tracker]:has(> .error) { display: none; }
body.waiting :is(#suggestions, #articles, #read, #measure) { opacity: .55; cursor: progress; }
#tools { gap: 6px; flex-wrap: wrap; }
#tools button { flex: 0 1 auto; min-width: 0; }

#article, #article .html-container, #article .prose { display: flex; flex-direction: column; flex: 1 1 auto;
  min-height: 0; }
.article-head { padding: 0 2px 8px; }
.article-head h2 { font-size: 1.05rem; margin: 0; color: var(--body-text-color); overflow-wrap: anywhere; }
.article-head p { margin: 2px 0 0; font-size: .85rem; color: var(--soft); }
.article-pane { position: relative; flex: 1 1 0; min-height: 320px; overflow-y: auto;
  padding: 18px 24px 24px 46px; line-height: 1.65; font-size: 1.04rem; border: 1px solid var(--border-color-primary);
  border-radius: 10px; background: var(--background-fill-primary); overscroll-behavior: contain;
  font-family: Charter, "Bitstream Charter", Georgia, "Liberation Serif", serif; }
.article-pane:focus-visible { outline: 2px solid var(--outline); outline-offset: 1px; }
.article-pane p { position: relative; margin: 0 0 16px; white-space: pre-wrap; color: var(--body-text-color);
  overflow-wrap: anywhere; max-width: 68ch; }
.article-pane p::before { content: attr(data-number); position: absolute; left: -32px; width: 22px; text-align: end;
  font: .75rem/2.1 system-ui, sans-serif; color: var(--soft); user-select: none; }
.article-pane .evidence { background: var(--light); box-decoration-break: clone; }
.article-pane mark, .article-pane mark.evidence { background: var(--strong);
  color: var(--strong-ink); padding: 1px 0; border-radius: 2px; }
.article-pane .candidate { outline: 1.5px dashed var(--outline); outline-offset: 0; border-radius: 2px; }
#open-file input { position: absolute; width: 1px; height: 1px; opacity: 0; }
#open-file label { display: inline-block; cursor: pointer; border: 1px solid var(--border-color-primary);
  border-radius: 8px; padding: 6px 14px; background: var(--background-fill-secondary); color: var(--body-text-color);
  font-size: .92rem; }
#open-file p, #measured p, #notice p { margin: 0 0 8px; font-size: .88rem; color: var(--soft); }
#opened, #notice { overflow-wrap: anywhere; }
#opened:not(:has(p)) { margin-top: -10px; }
#opened:has(> [data-testid=status-tracker]:not(.hide)) { min-height: 84px; }
#articles input { text-overflow: ellipsis; padding-inline-end: 24px; }

@media (max-width: 820px) {
  .gradio-container { padding: 8px 10px !important; }
  #columns { flex-direction: column; flex-wrap: nowrap; }
  #columns > * { width: 100%; min-width: 0 !important; }
  #brand p { display: none; }
  #chat { flex: 0 0 auto !important; height: 52dvh !important; min-height: 260px; }
  .article-pane { flex: 0 0 auto; height: 62dvh; padding: 14px 14px 20px 34px; }
  .article-pane p::before { left: -28px; }
  #left, #right { min-height: 0; }
  #tools button { flex: 1 1 auto; padding-inline: 6px; }
  #send, #stop { min-width: 96px !important; }
  #chat:not(:has(.message)) { height: 120px !important; min-height: 0; }
  #brand h1 { font-size: 1.1rem; }
}
@media (prefers-reduced-motion: no-preference) {
  .article-pane mark { animation: shown .7s ease-out; }
  @keyframes shown { from { box-shadow: 0 0 0 6px color-mix(in srgb, var(--strong) 60%, transparent); }
    to { box-shadow: 0 0 0 0 transparent; } }
}
"""
