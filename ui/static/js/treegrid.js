// Keys, selection and the window of <table role="treegrid">, rows first (WAI-ARIA APG).
// The server decides what is open and sends a window of rows; gaps stand for the others, so that the
// scrollbar is true. Rows are told by their position among all that are to be seen: aria-rowindex.

const MARGIN = 600; // px around the screen within which rows are wanted

const gridOf = (place) => place.closest("[role=treegrid]");
const rowsOf = (grid) => [...grid.querySelectorAll("tbody > tr[role=row]")];
const positionOf = (row) => Number(row.ariaRowIndex) - 1;
const rowAt = (grid, position) => grid.querySelector(`tbody > tr[aria-rowindex="${position + 1}"]`);
const totalOf = (grid) => Number(grid.ariaRowCount) - 1;
const spanOf = (row) => row.id.slice(-16);
const say = (text) => { document.getElementById("said").textContent = text; };
const theGrid = () => document.querySelector("[role=treegrid]");

// Sees to it that there is one tab stop, and that links are reached through their rows.
function settle(grid) {
  for (const link of grid.querySelectorAll("tbody a:not([tabindex])")) link.tabIndex = -1;
  if (grid.querySelector('tbody [tabindex="0"]')) return;
  const chosen = grid.querySelector('tr[aria-selected="true"]') ?? rowsOf(grid)[0];
  if (chosen) stop(grid, chosen);
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

// --- what the server is asked for ---------------------------------------------------------------

let loading = false;

async function load(grid, query) {
  if (loading) return theGrid();
  loading = true;
  const span = document.querySelector("#panel [name=span]")?.value ?? "";
  const chosen = span && !query.includes("span=") ? `&span=${span}` : "";
  try {
    await htmx.ajax("GET", grid.dataset.address + query + chosen, { source: grid, target: "#tree", swap: "morph:outerHTML" });
  } finally {
    loading = false;
  }
  return theGrid();
}

// Loads what the screen shows of a gap.
async function fill() {
  const grid = theGrid();
  if (!grid || loading) return;
  for (const gap of grid.querySelectorAll(".gap")) {
    const box = gap.getBoundingClientRect();
    if (box.bottom < -MARGIN || box.top > innerHeight + MARGIN) continue;
    const rows = Number(getComputedStyle(gap).getPropertyValue("--rows"));
    const into = Math.floor((Math.max(-box.top, 0) / box.height) * rows);
    const first = gap.dataset.gap === "above" ? into : totalOf(grid) - rows + into;
    await load(grid, `from=${Math.max(first, 0)}`);
    return void requestAnimationFrame(fill);
  }
}

// The row at a position, asked for if it is not there.
async function reach(grid, position) {
  const wanted = Math.min(Math.max(position, 1), totalOf(grid));
  return rowAt(grid, wanted) ?? rowAt(await load(grid, `from=${wanted - 1}`), wanted);
}

// Opens or closes a row; it keeps the focus.
function toggle(row, open) {
  if (row.ariaExpanded === String(open) || row.ariaExpanded === null) return;
  row.querySelector("a.twist").click();
}

// To the next finding, failure or dearest step, wherever it is.
async function jump(row, what) {
  const grid = await load(gridOf(row), `jump=${what}&span=${spanOf(row)}`);
  const found = grid.querySelector('tr[aria-selected="true"]');
  if (!found || found.id === row.id) return void say("There is no other one.");
  focus(found);
}

// --- keys ---------------------------------------------------------------------------------------

const step = (row, count) => reach(gridOf(row), positionOf(row) + count);
const above = (row) => (Number(row.dataset.above) ? reach(gridOf(row), Number(row.dataset.above)) : row);

const keysOfRow = {
  ArrowRight: (row) => (row.ariaExpanded === "false" ? toggle(row, true) : row.cells[0]),
  ArrowLeft: (row) => (row.ariaExpanded === "true" ? toggle(row, false) : above(row)),
  Home: (row) => reach(gridOf(row), 1),
  End: (row) => reach(gridOf(row), Infinity),
  n: (row) => jump(row, "found"),
  N: (row) => jump(row, "found-before"),
  e: (row) => jump(row, "failed"),
  E: (row) => jump(row, "failed-before"),
  $: (row) => jump(row, "dear"),
};
const keysOfCell = {
  ArrowRight: (cell) => cell.nextElementSibling,
  ArrowLeft: (cell) => cell.previousElementSibling ?? cell.parentElement,
  Home: (cell) => cell.parentElement.firstElementChild,
  End: (cell) => cell.parentElement.lastElementChild,
};
const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };

async function onTreeKey(event) {
  const place = event.target;
  const row = place.closest("tr");
  const cell = place.matches("td") ? place : null;
  const move = (cell ? keysOfCell : keysOfRow)[event.key];
  if (!move && !(event.key in steps) && !["Enter", "?", "/"].includes(event.key)) return;
  event.preventDefault();
  let to;
  if (move) to = await move(place);
  else if (event.key in steps) {
    const next = await step(row, steps[event.key]);
    to = cell ? (next?.cells[cell.cellIndex] ?? next?.cells[0]) : next;
  } else if (event.key === "Enter") row.querySelector("a.label").click();
  else if (event.key === "/") document.querySelector("#find [name=q]")?.focus();
  else document.getElementById("help").showModal();
  if (to) focus(to);
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("[role=treegrid] > tbody > tr, [role=treegrid] > tbody > tr > td")) onTreeKey(event);
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) document.querySelector("#panel [data-close]")?.click();
});

addEventListener("click", (event) => {
  const row = event.target.closest("[role=treegrid] > tbody > tr[role=row]");
  if (row) focus(row);
});

// --- what changes -------------------------------------------------------------------------------

let anchor = null; // the row at the top of the screen, and where it is

function remember() {
  const grid = theGrid();
  const row = grid && rowsOf(grid).find((each) => each.getBoundingClientRect().top >= 0);
  anchor = row ? { id: row.id, top: row.getBoundingClientRect().top } : null;
}

function restore() {
  const row = anchor && document.getElementById(anchor.id);
  if (row) scrollBy(0, row.getBoundingClientRect().top - anchor.top);
  anchor = null;
}

// News of a running trace are asked for where the reader is, and leave open what is open.
addEventListener("htmx:configRequest", (event) => {
  const grid = theGrid();
  if (!grid || !event.target.matches("#tree > [data-live]")) return;
  const rows = rowsOf(grid);
  const first = rows.find((row) => row.getBoundingClientRect().bottom > 0);
  if (first && scrollY > 0) event.detail.parameters.top = first.id.replace(/^s-/, "");
  const open = rows.filter((row) => row.ariaExpanded === "true").map((row) => row.id.replace(/^s-/, ""));
  event.detail.parameters.kept = open.join(".");
});

addEventListener("htmx:beforeSwap", (event) => { if (event.detail.target.id === "tree") remember(); });

addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  if (target.id === "panel") return select(document.getElementById("panel"));
  if (target.id !== "tree") return;
  restore();
  settle(theGrid());
  requestAnimationFrame(fill);
});

// After the panel was swapped: mark its row, say its name.
function select(panel) {
  const old = document.querySelector('[role=treegrid] tr[aria-selected="true"]');
  old?.setAttribute("aria-selected", "false");
  document.getElementById(`s-${panel.dataset.span}`)?.setAttribute("aria-selected", "true");
  if (!panel.dataset.span && old) focus(old);
  say(panel.querySelector("h2")?.textContent ?? "");
}

function isInSight(row) {
  const box = row.getBoundingClientRect();
  return row.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
}

let due = false;
addEventListener("scroll", () => {
  if (due) return;
  due = true;
  setTimeout(() => { due = false; fill(); }, 60);
}, { passive: true });

if (theGrid()) settle(theGrid());
const chosen = document.querySelector('[role=treegrid] tr[aria-selected="true"]');
if (chosen && !isInSight(chosen)) chosen.scrollIntoView({ block: "center" });
