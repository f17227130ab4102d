const page = document.getElementById("page");
const m = content.metrics;
const W = 520;

function panel(title, note, svg, readout) {
  return node("section", { class: "panel" }, node("h3", {}, title), node("p", { class: "soft small" }, note), svg, readout || null);
}

function frame(height, label) {
  return shape("svg", { viewBox: `0 0 ${W} ${height}`, role: "img", "aria-label": label });
}

function axes(svg, box, xLabel, yLabel) {
  for (let i = 0; i <= 4; i++) {
    const x = box.left + (box.width * i) / 4, y = box.top + box.height - (box.height * i) / 4;
    svg.append(shape("line", { class: "grid", x1: box.left, x2: box.left + box.width, y1: y, y2: y }),
      shape("text", { x: box.left - 8, y: y + 4, "text-anchor": "end" }, `${25 * i}%`),
      shape("text", { x, y: box.top + box.height + 18, "text-anchor": "middle" }, `${25 * i}%`));
  }
  svg.append(shape("line", { class: "axis", x1: box.left, x2: box.left + box.width, y1: box.top + box.height, y2: box.top + box.height }),
    shape("text", { x: box.left + box.width / 2, y: box.top + box.height + 36, "text-anchor": "middle" }, xLabel),
    shape("text", { x: 12, y: box.top + box.height / 2, "text-anchor": "middle", transform: `rotate(-90 12 ${box.top + box.height / 2})` }, yLabel));
}

const MEANING = {
  right: "equals a gold answer, or abstains where there is none",
  error: "could not be asked",
  not_retrieved: "no passage that holds a gold answer was read",
  abstained_wrongly: "such a passage was read, but nothing was said",
  wrong_span: "answered from elsewhere in the article",
  wrong_boundary: "shares characters with a gold answer, but is not the same",
  should_have_abstained: "answered, though the article does not say",
};

function funnelPlot(onPick) {
  const stages = [["right", m.funnel.n_right, null], ...Object.entries(m.funnel.stages).map(([name, s]) => [name, s.n, s.n_right_on_gold_passage])];
  const height = 30 * stages.length, svg = frame(height, "questions by where they went wrong");
  const most = Math.max(1, ...stages.map((s) => s[1])), left = 158, room = W - left - 90;
  stages.forEach(([name, n, saved], i) => {
    const y = 30 * i, width = (room * n) / most;
    svg.append(shape("text", { class: "strong", x: left - 10, y: y + 19, "text-anchor": "end" }, words(name)),
      shape("rect", { class: name === "right" ? "bar good" : "bar", x: left, y: y + 6, width, height: 18, rx: 3 }));
    if (saved) svg.append(shape("rect", { class: "bar saved", x: left, y: y + 6, width: (room * saved) / most, height: 18, rx: 3 }));
    svg.append(shape("text", { class: "strong", x: left + width + 8, y: y + 19 }, `${n}  (${share(n / Math.max(1, m.funnel.n))})`));
    const pick = () => onPick(name);
    svg.append(shape("rect", { class: "hit", x: 0, y, width: W, height: 30, tabindex: 0, role: "button", "data-stage": name, onclick: pick,
      onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pick(); } } },
      shape("title", {}, `show these ${n} questions${saved === null ? "" : `; ${saved} of them are right when the reader gets the right passage`}`)));
  });
  const bound = m.upper_bound;
  const note = bound
    ? `Choose a bar to see its questions. The orange part would be right if the reader got the passage with the answer: there its forced answers reach F1 ${number(bound.f1_gold_passage)}, on what was retrieved ${number(bound.f1_retrieved)}.`
    : "Choose a bar to see its questions.";
  const terms = stages.filter(([name, n]) => n && MEANING[name]).flatMap(([name]) => [node("dt", {}, words(name)), node("dd", {}, MEANING[name])]);
  return panel("Where questions go wrong", note, svg, node("dl", { class: "meaning" }, ...terms));
}

function reliabilityPlot() {
  const a = m.abstention, box = { left: 66, top: 10, width: W - 86, height: 240 };
  const svg = frame(300, "probability against what came true"), readout = node("p", { class: "readout" }, "\u00a0");
  axes(svg, box, "probability given", "share that came true");
  svg.append(shape("line", { class: "ideal", x1: box.left, y1: box.top + box.height, x2: box.left + box.width, y2: box.top }));
  [["confidence", "dot", "what was said is right"], ["answerability", "dot warm", "the article answers"]].forEach(([key, style, meaning]) => {
    for (const [p, came, n] of a[key].bins) {
      const x = box.left + box.width * p, y = box.top + box.height * (1 - came);
      const tell = () => { readout.textContent = `${meaning}: said ${share(p)}, true in ${share(came)} of ${n}`; };
      svg.append(shape("circle", { class: style, cx: x, cy: y, r: 5, tabindex: 0, onmouseenter: tell, onfocus: tell }, shape("title", {}, `${meaning}: said ${share(p)}, true in ${share(came)} of ${n}`)));
    }
  });
  const note = node("span", {}, `Ten bins of equal size; on the line, a probability can be taken at its word. Blue: “what was said is right” (F1 at least ½), ECE ${number(a.confidence.ece, 3)}, Brier ${number(a.confidence.brier, 3)}. Orange: “the article answers”, ECE ${number(a.answerability.ece, 3)}, Brier ${number(a.answerability.brier, 3)}.`);
  return panel("Can its confidence be believed?", note, svg, readout);
}

function riskPlot() {
  const curve = m.abstention.risk_coverage, box = { left: 66, top: 10, width: W - 86, height: 240 };
  const svg = frame(300, "risk against coverage"), readout = node("p", { class: "readout" }, "\u00a0");
  axes(svg, box, "coverage: share of questions answered", "risk: 1 − F1");
  const at = ([c, r]) => [box.left + box.width * c, box.top + box.height * (1 - r)];
  const path = curve.points.map((point, i) => `${i ? "L" : "M"}${at(point).map((v) => v.toFixed(1)).join(" ")}`).join("");
  const first = at(curve.points[0])[0], last = at(curve.points[curve.points.length - 1])[0], floor = box.top + box.height;
  const cursor = shape("line", { class: "cursor", y1: box.top, y2: floor, visibility: "hidden" });
  svg.append(shape("path", { class: "area", d: `${path}L${last} ${floor}L${first} ${floor}Z` }), shape("path", { class: "curve", d: path }), cursor);
  svg.append(shape("rect", { class: "hit", x: box.left, y: box.top, width: box.width, height: box.height,
    onmousemove: (event) => {
      const frameBox = svg.getBoundingClientRect();
      const c = ((event.clientX - frameBox.left) / frameBox.width * W - box.left) / box.width;
      const point = curve.points.reduce((best, p) => (Math.abs(p[0] - c) < Math.abs(best[0] - c) ? p : best));
      cursor.setAttribute("visibility", "visible");
      cursor.setAttribute("x1", at(point)[0]); cursor.setAttribute("x2", at(point)[0]);
      readout.textContent = `answering the ${share(point[0])} it is surest of: mean F1 ${number(100 * (1 - point[1]))}`;
    } }));
  const halves = m.abstention.threshold.halves.map((h) => `${number(h.value, 2)} → F1 ${number(100 * h.score_reported_on)}`).join(", ");
  const note = `Questions answered from the surest down; one that has no answer counts as lost. Area ${number(curve.area, 3)}; the best possible order has ${number(curve.best_area, 3)}.` + (halves ? ` Best threshold of one half, F1 on the other half: ${halves}.` : "");
  return panel("What does abstaining buy?", note, svg, readout);
}

function groupPlot() {
  const groups = [["by language", m.by_language], ["by question type", m.by_type], ["by length of the answer", m.by_answer_length]].filter(([, g]) => Object.keys(g).length > 1);
  const n = groups.reduce((sum, [, g]) => sum + Object.keys(g).length + 1, 0);
  const left = 150, room = W - left - 112, height = 22 * n + 24, svg = frame(height, "F1 by group with 95% intervals");
  for (let i = 0; i <= 4; i++) {
    const x = left + (room * i) / 4;
    svg.append(shape("line", { class: "grid", x1: x, x2: x, y1: 0, y2: height - 22 }), shape("text", { x, y: height - 6, "text-anchor": "middle" }, 25 * i));
  }
  let y = 0;
  for (const [title, group] of groups) {
    svg.append(shape("text", { x: left - 10, y: y + 15, "text-anchor": "end" }, title));
    y += 22;
    for (const [name, s] of Object.entries(group)) {
      const f = s.french_aware, [low, high] = f.f1_interval;
      svg.append(shape("text", { class: "strong", x: left - 10, y: y + 15, "text-anchor": "end" }, words(name)),
        shape("line", { class: "range", x1: left + room * low / 100, x2: left + room * high / 100, y1: y + 11, y2: y + 11 }),
        shape("circle", { class: "dot", cx: left + room * f.f1 / 100, cy: y + 11, r: 4.5 }, shape("title", {}, `${name}: F1 ${number(f.f1)} (95% ${number(low)} to ${number(high)}), ${s.n} questions`)),
        shape("text", { class: "strong", x: W - 52, y: y + 15, "text-anchor": "end" }, number(f.f1)),
        shape("text", { x: W, y: y + 15, "text-anchor": "end" }, `n ${s.n}`));
      y += 22;
    }
  }
  return n ? panel("F1 by kind of question", "French-aware F1 with its 95% interval; a short line means many questions.", svg) : null;
}

function scoreRows(groups) {
  return Object.entries(groups).map(([name, s]) => [words(name), s.n, number(s.french_aware.f1), number(s.french_aware.exact_match), number(s.accents_folded.f1), number(s.official.f1), number(s.official.exact_match), number(s.french_aware.f1_answerable), number(s.french_aware.f1_answerable_forced), number(s.french_aware.f1_unanswerable)]);
}
const SCORE_HEAD = ["", "n", "F1", "EM", "F1, no accents", "official F1", "official EM", "F1 answerable", "same, forced", "unanswerable"];

function drawQuestion(row) {
  const gold = row.gold.length ? row.gold.join(" | ") : "";
  const scores = row.stage === "unscored" ? "" : `F1 ${number(100 * row.f1, 0)} · `;
  const notes = [row.language === "?" ? "" : row.language, row.type === "?" ? "" : row.type, `${scores}confidence ${share(row.confidence)}`,
    row.rank ? `passage at rank ${row.rank}` : "", row.id, row.article === "?" ? "" : row.article].filter(Boolean).join(" · ");
  const other = row.forced && !row.prediction ? node("p", { class: "small soft" }, `best span: ${row.forced}`) : null;
  const bound = row.bound === null || row.stage === "right" ? null : node("p", { class: "small soft" }, `reading the right passage alone: ${row.bound || "nothing"}`);
  return node("article", { class: `question ${row.stage}`, "data-id": row.id },
    node("div", { class: "head" }, node("span", { class: "asked", lang: row.language === "?" ? null : row.language }, row.question), node("span", { class: `tag ${row.stage}` }, words(row.stage))),
    node("div", { class: "meta" }, notes),
    row.error ? node("p", { class: "small" }, row.error) : node("div", { class: "pair" },
      node("div", {}, node("span", { class: "label" }, "prediction"), said(row.prediction, "abstained"), marked(row.evidence, row.prediction ? "found" : "unsaid"), other),
      row.stage === "unscored" ? null : node("div", {}, node("span", { class: "label" }, "gold"), said(gold, "the article does not answer"), marked(row.goldSentence, "gold"), bound)));
}

function show() {
  const o = m.overall, f = o.french_aware, a = m.abstention, run = m.run;
  const interval = f.f1_interval ? `95% ${number(f.f1_interval[0])} – ${number(f.f1_interval[1])}` : "";
  const list = browser(content.questions, [["stage", "Outcome"], ["language", "Language"], ["type", "Type"], ["article", "Article"]],
    ["id", "question", "prediction", "gold", "sentence"], drawQuestion);
  const pick = (stage) => { list.set("stage", stage); document.getElementById("all").scrollIntoView({ behavior: "smooth" }); };
  const left = [o.n_unlabelled ? `${o.n_unlabelled} without gold answers, answered but not scored` : "", o.n_errors ? `${o.n_errors} could not be asked and count as wrong` : ""].filter(Boolean).join("; ");
  fill(page,
    node("h1", {}, content.title),
    node("p", { class: "soft" }, `${o.n} scored questions on ${content.n_articles} ${content.n_articles === 1 ? "article" : "articles"}${left ? `; ${left}` : ""}. Models: ${m.versions.profile}.`),
    node("div", { class: "tiles" },
      tile(number(f.f1), "F1, French-aware", interval), tile(number(f.exact_match), "exact match", f.exact_match_interval ? `95% ${number(f.exact_match_interval[0])} – ${number(f.exact_match_interval[1])}` : ""),
      tile(number(o.official.f1), "official SQuAD F1", `exact ${number(o.official.exact_match)}`),
      tile(number(f.f1_answerable), "F1, answerable", `forced ${number(f.f1_answerable_forced)}`), tile(number(f.f1_unanswerable), "rightly abstained", `${a.n_unanswerable} unanswerable`),
      tile(number(a.auroc, 3), "no-answer AUROC", "0.5 is chance")),
    o.n ? node("div", { class: "plots" }, funnelPlot(pick), groupPlot(), a.confidence ? reliabilityPlot() : null, a.risk_coverage ? riskPlot() : null) : null,
    node("h2", {}, "Figures"),
    figures(SCORE_HEAD, scoreRows({ all: o, ...m.by_language })),
    node("details", {}, node("summary", {}, "By type, answer length and article"), figures(SCORE_HEAD, scoreRows(m.by_type)), figures(SCORE_HEAD, scoreRows(m.by_answer_length)), figures(SCORE_HEAD, scoreRows(m.by_article))),
    node("h2", {}, "Retrieval, evidence and time"),
    figures(["recall@1", "recall@3", "recall@5", "MRR", "nDCG@5", "sentence hit", "character overlap", "questions/s", "p50 ms alone", "p95 ms alone", "peak MiB"],
      [[...["recall@1", "recall@3", "recall@5", "mrr", "ndcg@5"].map((key) => number(m.retrieval[key], 3)), number(m.evidence.evidence_sentence_hit), number(m.evidence.character_overlap), number(m.latency.questions_per_second, 2), number(m.latency.alone_p50_ms), number(m.latency.alone_p95_ms), number(m.latency.peak_memory_mb, 0)]]),
    node("h2", { id: "all" }, "Questions, worst first"),
    content.n_left_out ? node("p", { class: "soft" }, `The ${content.questions.length} worst are here; all ${content.questions.length + content.n_left_out} are in per_question.csv.`) : null,
    list.view,
    node("h2", {}, "How this was made"),
    node("p", { class: "small" }, "F1 and exact match compare with the nearest gold answer; a question that the article does not answer scores 1 when the system abstains, and one that could not be asked scores 0. French-aware: typographic marks folded, articles and elisions of both languages dropped. A passage is right when it holds a whole gold answer. Milliseconds are of questions asked one at a time, on an open article. Intervals: bootstrap over questions, 95%."),
    node("dl", {}, ...Object.entries({ ...m.versions, questions: run.questions_sha256, source: run.source, article: run.article ? `${run.article.name} ${run.article.sha256}` : "with the questions or the dispatch", seed: m.settings.seed }).flatMap(([key, value]) => [node("dt", {}, key), node("dd", {}, String(value))])));
}
show();
