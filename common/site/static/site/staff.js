// What staff pages do beside the theme.
const CARDED = ".lx-scroll > table.lx-carded, .lx-scroll > table.lx-table:not(.lx-table--cases, .lx-table--rows)";

document.addEventListener("DOMContentLoaded", () => {
  silenceIcons();
  document.querySelectorAll(CARDED).forEach(labelCells);
});

// The theme's icons are words set in an icon font: nobody needs to hear them beside the words that they decorate.
function silenceIcons() {
  for (const icon of document.querySelectorAll(".material-symbols-outlined:not([aria-hidden])")) {
    const control = icon.closest("a, button");
    const name = icon.textContent.trim();
    const isAlone = control && control.textContent.trim() === name && !control.title && !control.ariaLabel;
    if (!isAlone) icon.setAttribute("aria-hidden", "true");
  }
}

// On a phone a row becomes a card; each of its cells then says which column it is.
function labelCells(table) {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map(head => head.textContent.trim());
  if (!heads.length) return;
  for (const row of [...table.tBodies].flatMap(body => [...body.rows])) {
    if (row.cells.length === heads.length) [...row.cells].forEach((cell, at) => { cell.dataset.label = heads[at]; });
  }
  table.classList.add("lx-table--cards");
}
