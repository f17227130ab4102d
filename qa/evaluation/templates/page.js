"use strict";
// Shared by report and comparison. Text only ever enters the page as text nodes and attributes.
const content = JSON.parse(document.getElementById("content").textContent);

function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// Fill the page; what is null is left out.
function fill(place, ...children) {
  place.replaceChildren(...children.filter((child) => child !== null && child !== undefined));
}

function shape(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

const number = (value, digits = 1) => (value === null || value === undefined ? "–" : value.toFixed(digits));
const share = (value) => (value === null || value === undefined ? "–" : `${Math.round(100 * value)}%`);
const words = (name) => name.replaceAll("_", " ");

// A sentence [text, start, end] with its span marked; start and end count code points.
function marked(sentence, kind) {
  if (!sentence) return null;
  const characters = Array.from(sentence[0]);
  const part = (from, to) => characters.slice(from, to).join("");
  return node("p", { class: `sentence ${kind}` },
    part(0, sentence[1]), node("mark", {}, part(sentence[1], sentence[2])), part(sentence[2]));
}

function said(text, none) {
  return node("span", { class: text ? "said" : "said none" }, text || none);
}

function figures(head, rows) {
  return node("div", { class: "wide" }, node("table", { class: "figures" },
    node("thead", {}, node("tr", {}, ...head.map((cell) => node("th", { scope: "col" }, cell)))),
    node("tbody", {}, ...rows.map((row) => node("tr", {}, ...row.map((cell) => node("td", {}, String(cell))))))));
}

function tile(value, label, note) {
  return node("div", { class: "tile" }, node("b", {}, value), node("span", {}, label), node("span", { class: "soft small" }, note || ""));
}

// A list of questions behind filters. `filters`: [key, label]; `search`: keys looked through; `draw` makes one.
function browser(rows, filters, search, draw, stateName) {
  const step = 50;
  const chosen = {};
  let text = "", shown = step;
  const list = node("div", { id: "questions" });
  const count = node("p", { class: "soft small", id: "count", role: "status" });
  const more = node("button", { class: "more", type: "button", onclick: () => { shown += step; render(); } }, "Show more");
  const fold = (value) => value.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const texts = rows.map((row) => fold(search.map((key) => [row[key]].flat().join(" ")).join(" ")));
  const selects = {};
  const controls = filters.map(([key, label]) => {
    const values = [...new Set(rows.map((row) => row[key]))].sort();
    if (values.length < 2) return null;
    const select = node("select", { id: `filter-${key}`, onchange: (event) => { chosen[key] = event.target.value; shown = step; render(); } },
      node("option", { value: "" }, "all"),
      ...values.map((value) => node("option", { value }, `${words(value)} (${rows.filter((row) => row[key] === value).length})`)));
    selects[key] = select;
    return node("label", {}, label, select);
  });
  const box = node("input", { type: "search", id: "search", placeholder: "words of the question, answer or sentence",
    oninput: (event) => { text = fold(event.target.value.trim()); shown = step; render(); } });
  function render(all = false) {
    const kept = rows.filter((row, i) => filters.every(([key]) => !chosen[key] || row[key] === chosen[key]) && texts[i].includes(text));
    list.replaceChildren(...kept.slice(0, all ? kept.length : shown).map(draw));
    count.textContent = `${kept.length} of ${rows.length} questions`;
    more.hidden = kept.length <= shown;
  }
  render();
  // Paper has nothing to click: all questions, and every folded table.
  window.addEventListener("beforeprint", () => { render(true); document.querySelectorAll("details").forEach((folded) => { folded.open = true; }); });
  window.addEventListener("afterprint", () => render());
  const set = (key, value) => { if (selects[key]) { selects[key].value = value; chosen[key] = value; shown = step; render(); } };
  return { set, view: node("div", {}, node("div", { class: "filters" }, node("label", { class: "search" }, "Search", box), ...controls.filter(Boolean)), count, list, more) };
}
