"use strict";
// Adds what needs a program: sorting, filtering, copying, folding, the theme. All else stands
// in the page already.
(() => {
  const table = document.querySelector(".ops");
  const rows = table ? [...table.tBodies[0].rows] : [];
  const articles = [...document.querySelectorAll("article")];
  const byRow = new Map(articles.map((article) => [article.dataset.row, article]));

  function sortable(head, column) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    const numeric = head.dataset.by === "number";
    button.addEventListener("click", () => {
      const order = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const key = (row) => {
        const cell = row.cells[column];
        const text = cell.dataset.key ?? cell.textContent;
        return numeric ? Number(text) : text.toLowerCase();
      };
      const keyed = rows.map((row, place) => ({ row, place, key: key(row) }));
      keyed.sort((a, b) => {
        if (a.key < b.key) return -sign;
        return a.key > b.key ? sign : a.place - b.place;
      });
      table.tBodies[0].append(...keyed.map((each) => each.row));
    });
  }

  function filterable(tools) {
    const query = document.getElementById("query");
    const boxes = [...tools.querySelectorAll("input[type=checkbox]")];
    const count = document.getElementById("count");
    const known = rows.map((row) => ({
      row,
      text: row.textContent.toLowerCase(),
      verdict: row.cells[1].textContent,
    }));
    function apply() {
      const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
      const shown = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
      let left = 0;
      for (const { row, text, verdict } of known) {
        const fits = shown.has(verdict) && words.every((word) => text.includes(word));
        row.hidden = !fits;
        const article = byRow.get(row.id);
        if (article) article.hidden = !fits;
        left += fits;
      }
      count.textContent = `${left} of ${rows.length} ops shown`;
    }
    query.addEventListener("input", apply);
    for (const box of boxes) box.addEventListener("change", apply);
    tools.hidden = false;
    apply();
  }

  function copyable(code) {
    const wrap = document.createElement("span");
    wrap.className = "copied";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    code.replaceWith(wrap);
    wrap.append(code, button, said);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        said.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(code);
        said.textContent = "Selected: copy it with Ctrl+C";
      }
    });
  }

  function foldable(button) {
    const all = articles.map((article) => article.querySelector("details"));
    button.hidden = false;
    button.addEventListener("click", () => {
      const open = !all.some((details) => details.open);
      for (const details of all) details.open = open;
    });
    const label = () => {
      button.textContent = all.some((details) => details.open) ? "Fold all" : "Unfold all";
    };
    for (const details of all) details.addEventListener("toggle", label);
    label();
  }

  function themed(button) {
    const root = document.documentElement;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const isDark = () => (root.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
    const label = () => {
      button.textContent = isDark() ? "Light colours" : "Dark colours";
    };
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      label();
    });
    dark.addEventListener("change", label);
    button.hidden = false;
    label();
  }

  // A link to an op that is folded or filtered away opens it.
  function opened() {
    const target = location.hash.startsWith("#op") && document.getElementById(location.hash.slice(1));
    if (target && target.matches("article")) {
      target.hidden = false;
      target.querySelector("details").open = true;
      target.scrollIntoView();
    }
  }

  if (table) [...table.tHead.rows[0].cells].forEach(sortable);
  const tools = document.getElementById("tools");
  if (tools) filterable(tools);
  document.querySelectorAll("code.copy").forEach(copyable);
  const fold = document.getElementById("fold");
  if (fold) foldable(fold);
  themed(document.getElementById("theme"));
  addEventListener("hashchange", opened);
  opened();
})();
