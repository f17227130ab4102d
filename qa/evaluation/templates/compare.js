const page = document.getElementById("page");

function side(label, outcome) {
  return node("div", {}, node("span", { class: "label" }, `${label} · F1 ${number(100 * outcome.f1, 0)} · confidence ${share(outcome.confidence)}`),
    said(outcome.error ? outcome.error : outcome.prediction, "abstained"), marked(outcome.evidence, outcome.prediction ? "found" : "unsaid"));
}

function drawChange(row) {
  return node("article", { class: `question ${row.kind}`, "data-id": row.id },
    node("div", { class: "head" }, node("span", { class: "asked", lang: row.language === "?" ? null : row.language }, row.question), node("span", { class: `tag ${row.kind}` }, row.kind)),
    node("div", { class: "meta" }, [row.language === "?" ? "" : row.language, row.type === "?" ? "" : row.type, row.id].filter(Boolean).join(" · ")),
    node("div", { class: "pair" }, side("A", row.a), side("B", row.b)),
    node("p", { class: "small soft" }, `gold: ${row.gold.length ? row.gold.join(" | ") : "the article does not answer"}`));
}

function show() {
  const c = content, d = c.difference, signed = (v, digits = 1) => (v < 0 ? "−" : "+") + Math.abs(v).toFixed(digits);
  const list = browser(c.changes, [["kind", "Change"], ["language", "Language"], ["type", "Type"]], ["id", "question", "gold", "texts"], drawChange);
  const versions = Object.entries(c.other_versions);
  fill(page,
    node("h1", {}, c.is_worse ? "B is worse than A" : "B is not worse than A"),
    node("p", { class: "soft" }, `A: ${c.name_a} · B: ${c.name_b} · B may lose ${c.margin} ${c.margin === 1 ? "point" : "points"} of F1.`),
    node("div", { class: "tiles" }, tile(signed(d.mean, 2), "points of F1, B − A", `95% ${signed(d.low, 2)} to ${signed(d.high, 2)}`),
      tile(String(c.counts.fixed), "fixed", "only B is an exact match"), tile(String(c.counts.broken), "broken", "only A is an exact match"),
      tile(String(c.counts.changed), "changed", "another text, both right or both wrong"), tile(c.p_value < 0.001 ? "< 0.001" : c.p_value.toFixed(3), "McNemar p", "exact, two-sided")),
    node("h2", {}, "Figures"),
    figures(["", "n", "F1 A", "F1 B", "B − A", "EM A", "EM B"], c.rows.map((r) => [r.name, r.n, number(r.f1_a), number(r.f1_b), signed(r.f1_b - r.f1_a), number(r.em_a), number(r.em_b)])),
    c.n_only_a || c.n_only_b ? node("p", { class: "soft" }, `Left out: ${c.n_only_a} questions that only A has, ${c.n_only_b} that only B has.`) : null,
    versions.length ? figures(["differs", "A", "B"], versions.map(([key, pair]) => [key, ...pair])) : null,
    node("h2", {}, "Questions with another answer"),
    c.n_left_out ? node("p", { class: "soft" }, `${c.n_left_out} more are not shown.`) : null,
    list.view);
}
show();
