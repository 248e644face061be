"use strict";
// Cards by the attribute and the judge that are chosen, largest first.
for (const section of document.querySelectorAll("section[data-sorting]")) {
  const form = section.querySelector("form");
  const cards = [...section.querySelectorAll("article[data-sizes]")];
  const sizes = new Map(cards.map((card) => [card, card.dataset.sizes.split(";").slice(0, -1).map((pair) => pair.split(",").map(Number))]));
  const own = new Map(cards.map((card) => [card, [...card.querySelectorAll(".measures li")].map((row) => row.hidden)]));
  const sort = () => {
    const by = Number(form.by.value), judge = Number(form.judge.value);
    cards.sort((a, b) => sizes.get(b)[by][judge] - sizes.get(a)[by][judge]);
    for (const card of cards) {
      section.append(card);
      card.querySelectorAll(".measures li").forEach((row, index) => {
        row.classList.toggle("chosen", index === by);
        row.hidden = index !== by && own.get(card)[index];
      });
    }
  };
  form.hidden = false;
  form.addEventListener("change", sort);
  form.addEventListener("submit", (event) => event.preventDefault());
  sort();
}
// Tables by the column whose heading is pressed: largest size first, then texts from A to Z.
for (const table of document.querySelectorAll("table.sortable")) {
  const number = (row, column) => Math.abs(parseFloat(row.cells[column].textContent.replace("\u2212", "-")));
  table.querySelectorAll("th").forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const rows = [...table.tBodies[0].rows];
      const numeric = rows.every((row) => !Number.isNaN(number(row, column)));
      rows.sort((a, b) => numeric ? number(b, column) - number(a, column) : a.cells[column].textContent.localeCompare(b.cells[column].textContent, undefined, {numeric: true}));
      table.tBodies[0].append(...rows);
      for (const other of table.querySelectorAll("th")) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", numeric ? "descending" : "ascending");
    });
  });
}
