// The rule editor: line numbers, a check while typing, results beside the text. Without this file every button
// still works as a plain form.
(() => {
  "use strict";
  const form = document.getElementById("lx-draft");
  const text = document.getElementById("lx-text");
  if (!form || !text) return;
  const panel = document.getElementById("lx-panel");
  const gutter = form.querySelector(".lx-code__lines");
  const PAUSE = 600;
  let timer = 0, asked = 0, changed = false;

  function number() {
    const lines = text.value.split("\n").length;
    while (gutter.children.length < lines) {
      gutter.append(Object.assign(document.createElement("span"), { textContent: gutter.children.length + 1 }));
    }
    while (gutter.children.length > lines) gutter.lastElementChild.remove();
  }
  function mark() {
    const looked = document.getElementById("lx-looked");
    const wrong = new Set((looked?.dataset.wrong || "").split(","));
    [...gutter.children].forEach((line, at) => line.classList.toggle("is-wrong", wrong.has(String(at + 1))));
  }
  function jump(line) {
    const before = text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const end = text.value.indexOf("\n", before);
    text.focus();
    text.setSelectionRange(before, end < 0 ? text.value.length : end);
    text.scrollTop = (line - 4) * (text.scrollHeight / Math.max(text.value.split("\n").length, 1));
  }
  async function look(what) {
    const mine = ++asked;
    const data = new FormData(form);
    data.set("do", what);
    panel.classList.add("lx-busy");
    panel.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.look, {
        method: "POST", body: data, headers: { "X-Requested-With": "fetch" }, credentials: "same-origin",
      });
      if (mine !== asked || !answer.ok) return;
      panel.innerHTML = await answer.text();
      mark();
    } finally {
      if (mine === asked) {
        panel.classList.remove("lx-busy");
        panel.removeAttribute("aria-busy");
      }
    }
  }

  // the trial on filings runs in the background: start, stop and progress change only their own part of the page
  const trial = document.getElementById("lx-trial");
  const POLL = 1500;
  let watch = 0;
  async function follow(what) {
    clearTimeout(watch);
    const data = new FormData(form);
    data.set("do", what);
    try {
      const answer = await fetch(trial.firstElementChild.dataset.part, {
        method: "POST", body: data, headers: { "X-Requested-With": "fetch" }, credentials: "same-origin",
      });
      if (answer.ok) show(await answer.text());
    } finally {
      keepWatch();
    }
  }
  function show(part) {
    const held = trial.contains(document.activeElement) ? document.activeElement.value : "";
    trial.innerHTML = part;
    if (held) trial.querySelector(`button[value="${held}"]`)?.focus();
  }
  function keepWatch() {
    clearTimeout(watch);
    trial.setAttribute("aria-busy", trial.firstElementChild?.dataset.runs ? "true" : "false");
    if (trial.firstElementChild?.dataset.runs) watch = setTimeout(() => follow("progress"), POLL);
  }
  text.addEventListener("scroll", () => { gutter.scrollTop = text.scrollTop; });
  text.addEventListener("input", () => {
    changed = true;
    number();
    clearTimeout(timer);
    timer = setTimeout(() => look("check"), PAUSE);
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || text.readOnly || event.isComposing) return;
    const start = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
    const indent = /^ */.exec(text.value.slice(start, text.selectionStart))[0];
    event.preventDefault();
    document.execCommand("insertText", false, "\n" + indent);
  });
  form.addEventListener("submit", (event) => {
    const what = event.submitter?.value;
    if (event.submitter?.name === "do") {
      event.preventDefault();
      clearTimeout(timer);
      if (["try", "stop", "progress"].includes(what)) follow(what);
      else look(what);
    } else {
      changed = false;
    }
  });
  panel.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (!link) return;
    event.preventDefault();
    jump(Number(link.dataset.line));
  });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  number();
  mark();
  keepWatch();
})();
