// Collapsing, keys and selection for <table role="treegrid">, rows first (WAI-ARIA APG).
// Rows are flat and in order: what lies beneath a row is the run of deeper rows after it.

const level = (row) => Number(row.ariaLevel);
const gridOf = (place) => place.closest("[role=treegrid]");
const rowsOf = (grid) => [...grid.tBodies[0].rows];
const linkOf = (row) => row.querySelector("a.label, a.more");
const isFolded = (row) => row.ariaExpanded === "false";
const isUnloaded = (row) => row.querySelector("a.more") !== null;

// Hides what lies under a collapsed row and sees to it that there is one tab stop.
function settle(grid) {
  let shut = Infinity; // rows deeper than this lie under a collapsed row
  for (const row of rowsOf(grid)) {
    if (level(row) <= shut) shut = Infinity;
    row.hidden = level(row) > shut;
    for (const link of row.querySelectorAll("a:not([tabindex])")) link.tabIndex = -1; // rows are the way in
    if (shut === Infinity && isFolded(row)) shut = level(row);
  }
  if (!grid.querySelector('tr:not([hidden])[tabindex="0"], tr:not([hidden]) > [tabindex="0"]')) {
    const chosen = grid.querySelector('tr[aria-selected="true"]:not([hidden])') ?? grid.tBodies[0].rows[0];
    if (chosen) stop(grid, chosen);
  }
}

function stop(grid, place) {
  for (const old of grid.querySelectorAll('[tabindex="0"]')) old.tabIndex = -1;
  place.tabIndex = 0;
}

function focus(place) {
  stop(gridOf(place), place);
  place.focus({ preventScroll: true });
  place.scrollIntoView({ block: "nearest" });
}

function toggle(row, open = isFolded(row)) {
  if (row.ariaExpanded === null) return;
  if (open && isUnloaded(row)) return void linkOf(row).parentElement.querySelector("a.more").click();
  row.ariaExpanded = String(open);
  settle(gridOf(row));
}

function toggleAll(row, open) {
  const grid = gridOf(row);
  for (const each of rowsOf(grid)) if (each.ariaExpanded !== null && !isUnloaded(each)) each.ariaExpanded = String(open);
  settle(grid);
  return row.hidden ? topOf(row) : row;
}

function above(row) {
  let at = row.previousElementSibling;
  while (at && level(at) >= level(row)) at = at.previousElementSibling;
  return at;
}

function topOf(row) {
  for (let up = above(row); up; up = above(row)) row = up;
  return row;
}

function step(row, count) {
  const seen = rowsOf(gridOf(row)).filter((each) => !each.hidden);
  return seen[Math.min(Math.max(seen.indexOf(row) + count, 0), seen.length - 1)];
}

function odd(row, way) { // to the next failure, or evidence of a finding
  const found = rowsOf(gridOf(row)).filter((each) => "failed" in each.dataset || "found" in each.dataset || each === row);
  const to = found[found.indexOf(row) + way];
  for (let up = to && above(to); up; up = above(up)) up.ariaExpanded = "true";
  settle(gridOf(row));
  return to;
}

const keysOfRow = {
  ArrowRight: (row) => (isFolded(row) ? toggle(row, true) : row.cells[0]),
  ArrowLeft: (row) => (row.ariaExpanded === "true" ? toggle(row, false) : above(row)),
  Home: (row) => step(row, -Infinity),
  End: (row) => step(row, Infinity),
  "[": (row) => toggleAll(row, true),
  "]": (row) => toggleAll(row, false),
  n: (row) => odd(row, 1),
  N: (row) => odd(row, -1),
};
const keysOfCell = {
  ArrowRight: (cell) => cell.nextElementSibling,
  ArrowLeft: (cell) => cell.previousElementSibling ?? cell.parentElement,
  Home: (cell) => cell.parentElement.firstElementChild,
  End: (cell) => cell.parentElement.lastElementChild,
};
const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };

function onTreeKey(event) {
  const place = event.target;
  const row = place.closest("tr");
  const cell = place.matches("td") ? place : null;
  const move = (cell ? keysOfCell : keysOfRow)[event.key];
  let to;
  if (move) to = move(place);
  else if (event.key in steps) {
    const next = step(row, steps[event.key]);
    to = cell ? (next.cells[cell.cellIndex] ?? next.cells[0]) : next;
  } else if (event.key === "Enter") linkOf(row)?.click();
  else if (event.key === "?") document.getElementById("help").showModal();
  else return;
  event.preventDefault();
  if (to) focus(to);
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("[role=treegrid] > tbody > tr, [role=treegrid] > tbody > tr > td")) onTreeKey(event);
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) document.querySelector("#panel [data-close]")?.click();
});

addEventListener("click", (event) => {
  const row = event.target.closest("[role=treegrid] > tbody > tr");
  if (!row) return;
  if (event.target.closest(".twist")) toggle(row);
  focus(row);
});

// After the panel was swapped: mark its row, say its name. After rows came: settle, keep the focus in the tree.
function onSwap(event) {
  const target = event.detail.target;
  if (target.id === "panel") return select(document.getElementById("panel"));
  document.querySelectorAll("[role=treegrid]").forEach(settle);
  if (target.matches("tr") && document.activeElement === document.body) {
    const stop = event.detail.elt.closest?.("tr") ?? document.querySelector('[role=treegrid] [tabindex="0"]');
    if (stop?.isConnected) focus(stop);
  }
}

function select(panel) {
  const old = document.querySelector('[role=treegrid] tr[aria-selected="true"]');
  old?.setAttribute("aria-selected", "false");
  const row = document.getElementById(`s-${panel.dataset.span}`);
  row?.setAttribute("aria-selected", "true");
  if (!panel.dataset.span && old) focus(old);
  document.getElementById("said").textContent = panel.querySelector("h2")?.textContent ?? "";
}

function isInSight(row) {
  const box = row.getBoundingClientRect();
  return row.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
}

addEventListener("htmx:afterSwap", onSwap);
document.querySelectorAll("[role=treegrid]").forEach(settle);
const chosen = document.querySelector('[role=treegrid] tr[aria-selected="true"]');
if (chosen && !isInSight(chosen)) chosen.scrollIntoView({ block: "center" });
