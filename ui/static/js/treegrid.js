// Keys, selection and the window of <table role="treegrid">, rows first (WAI-ARIA APG).
// The server decides what is open and sends a window of rows; gaps stand for the others, so that the
// scrollbar is true. Rows are told by their position among all that are to be seen: aria-rowindex.

const MARGIN = 600; // px around the screen within which rows are wanted
const WINDOW = 120, BEFORE = 40; // rows that the server sends, and how many of them above what is asked for

const ROW = "[role=treegrid] > tbody > tr[role=row]";

const gridOf = (place) => place.closest("[role=treegrid]");
const rowsOf = (grid) => [...grid.querySelectorAll("tbody > tr[role=row]")];
const positionOf = (row) => Number(row.ariaRowIndex) - 1;
const rowAt = (grid, position) => grid.querySelector(`tbody > tr[aria-rowindex="${position + 1}"]`);
const totalOf = (grid) => Number(grid.ariaRowCount) - 1;
const spanOf = (row) => row.id.slice(-16);
const say = (text) => { document.getElementById("said").textContent = text; };
const tell = (text) => { document.getElementById("status").textContent = text; }; // until the next answer
const theGrid = () => document.querySelector("[role=treegrid]");
const selected = () => document.querySelector("#panel [name=span]")?.value ?? "";
const keyOf = (row) => row.id.replace(/^s-/, "");

// Sees to it that there is one tab stop, and that links are reached through their rows.
function settle(grid) {
  for (const link of grid.querySelectorAll("tbody a:not([tabindex])")) link.tabIndex = -1;
  if (grid.querySelector('tbody [tabindex="0"]')) return;
  const chosen = grid.querySelector('tr[aria-selected="true"]');
  const place = chosen && isInSight(chosen) ? chosen : (inSight(grid) ?? rowsOf(grid)[0]);
  if (place) stop(grid, place);
}

// The first row on the screen.
const inSight = (grid) => rowsOf(grid).find((row) => row.getBoundingClientRect().top >= 0);

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

async function ask(address) {
  try {
    await htmx.ajax("GET", address, { source: theGrid(), target: "#tree", swap: "morph:outerHTML" });
  } catch { // a later request took its place, or the server is away, which the page says
  }
  return theGrid();
}

const load = (grid, query) => ask(grid.dataset.address + query);

// What the reader does waits for what was done before, which may have asked the server.
let before = Promise.resolve();
const inTurn = (act) => { before = before.then(act).catch(reportError); };

addEventListener("htmx:confirm", (event) => {
  const { elt, target, path } = event.detail;
  if (target?.id !== "tree" || !elt.matches("#tree tbody a, #sought a")) return;
  event.preventDefault();
  inTurn(() => ask(path));
});

// How many requests for rows are on their way, without those for news.
let loading = 0;
const isForRows = ({ detail }) => detail.target?.id === "tree" && !detail.elt.matches("[data-live]");
addEventListener("htmx:beforeSend", (event) => { if (isForRows(event)) loading += 1; });
addEventListener("htmx:afterRequest", (event) => { if (isForRows(event)) loading -= 1; });

// Loads the rows around the top of the screen where it shows a gap; once, for a high screen may show
// more than a window of rows.
let filled = -1;

async function fill() {
  const grid = theGrid();
  if (!grid || loading) return;
  const gap = [...grid.querySelectorAll(".gap")].find((each) => {
    const box = each.getBoundingClientRect();
    return box.bottom > -MARGIN && box.top < innerHeight + MARGIN;
  });
  const first = gap ? topOf(grid, gap) : 0;
  if (!gap || first === filled) return;
  await load(grid, `from=${first + BEFORE - spare(grid)}`);
  filled = first;
  requestAnimationFrame(fill);
}

// How many rows above the screen are wanted: fewer on one that is so high that it needs most of a window.
function spare(grid) {
  const screen = Math.ceil(innerHeight / (rowsOf(grid)[0]?.offsetHeight ?? innerHeight));
  return Math.min(Math.max(Math.floor((WINDOW - screen) / 2), 0), BEFORE);
}

// The position of the row that is, or would be, at the top of the screen.
function topOf(grid, gap) {
  const box = gap.getBoundingClientRect();
  const rows = Number(getComputedStyle(gap).getPropertyValue("--rows"));
  const into = Math.min(Math.floor((Math.max(-box.top, 0) / box.height) * rows), rows - 1);
  if (gap.dataset.gap === "above") return into;
  const seen = inSight(grid);
  return seen ? positionOf(seen) : totalOf(grid) - rows + into;
}

// The row at a position, asked for if it is not there.
async function reach(grid, position) {
  const wanted = Math.min(Math.max(position, 1), totalOf(grid));
  return rowAt(grid, wanted) ?? rowAt(await load(grid, `from=${wanted - 1}`), wanted);
}

// Opens or closes a row; it keeps the focus.
async function toggle(row) {
  const id = row.id;
  await load(gridOf(row), `toggle=${keyOf(row)}`);
  return document.getElementById(id);
}

// Opens or closes all rows; the row has the focus then, or what is in sight in its place.
async function toggleAll(row, what) {
  const id = row.id;
  const grid = await load(gridOf(row), `toggle=${what}&top=${keyOf(row)}`);
  return document.getElementById(id) ?? inSight(grid) ?? rowsOf(grid)[0];
}

// To the next finding, failure or dearest step, wherever it is.
async function jump(row, what) {
  const grid = await load(gridOf(row), `jump=${what}&span=${spanOf(row)}`);
  const found = grid.querySelector('tr[aria-selected="true"]');
  if (!found || found.id === row.id) return void tell("There is no other one.");
  focus(found);
}

// --- keys ---------------------------------------------------------------------------------------

const step = (row, count) => reach(gridOf(row), positionOf(row) + count);
const above = (row) => (Number(row.dataset.above) ? reach(gridOf(row), Number(row.dataset.above)) : row);

const keysOfRow = {
  ArrowRight: (row) => (row.ariaExpanded === "false" ? toggle(row) : row.cells[0]),
  ArrowLeft: (row) => (row.ariaExpanded === "true" ? toggle(row) : above(row)),
  Home: (row) => reach(gridOf(row), 1),
  End: (row) => reach(gridOf(row), Infinity),
  "[": (row) => toggleAll(row, "all"),
  "]": (row) => toggleAll(row, "none"),
  n: (row) => jump(row, "found"),
  N: (row) => jump(row, "found-before"),
  e: (row) => jump(row, "failed"),
  E: (row) => jump(row, "failed-before"),
  $: (row) => jump(row, "dear"),
  h: (row) => jump(row, "hit"),
  H: (row) => jump(row, "hit-before"),
};
const keysOfCell = {
  ArrowRight: (cell) => cell.nextElementSibling,
  ArrowLeft: (cell) => cell.previousElementSibling ?? cell.parentElement,
  Home: (cell) => cell.parentElement.firstElementChild,
  End: (cell) => cell.parentElement.lastElementChild,
};
const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };
const isKey = (key) => [keysOfRow, keysOfCell, steps].some((known) => key in known) || ["Enter", "?", "/"].includes(key);

async function act(key) {
  const place = document.activeElement;
  const row = place.closest(ROW);
  if (!row) return;
  const cell = place.matches("td") ? place : null;
  const move = (cell ? keysOfCell : keysOfRow)[key];
  let to;
  if (move) to = await move(place);
  else if (key in steps) {
    const next = await step(row, steps[key]);
    to = cell ? (next?.cells[cell.cellIndex] ?? next?.cells[0]) : next;
  } else if (key === "Enter") row.querySelector("a.label").click();
  else if (key === "/") document.querySelector("#find [name=q]")?.focus();
  else document.getElementById("help").showModal();
  if (to) focus(to);
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches(`${ROW}, ${ROW} > td`) && isKey(event.key)) {
    event.preventDefault();
    inTurn(() => act(event.key));
  }
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) document.querySelector("#panel [data-close]")?.click();
});

addEventListener("click", (event) => {
  const row = event.target.closest(ROW);
  if (row) focus(row);
});

// The hits of a search are reached from the selected span, or from the start.
addEventListener("click", (event) => {
  const link = event.target.closest?.("#sought [data-jump]");
  if (!link) return;
  event.preventDefault();
  inTurn(async () => {
    const grid = await load(theGrid(), `jump=${link.dataset.jump}&span=${selected()}`);
    focus(grid.querySelector('tr[aria-selected="true"]') ?? inSight(grid));
  });
});

// --- what changes -------------------------------------------------------------------------------

let anchor = null; // the row at the top of the screen, where it is, and whether the tree has the focus

function remember() {
  const row = inSight(theGrid());
  const has = theGrid().contains(document.activeElement);
  anchor = { id: row?.id, top: row?.getBoundingClientRect().top, has };
}

function restore() {
  const row = document.getElementById(anchor?.id ?? "");
  if (row) scrollBy(0, row.getBoundingClientRect().top - anchor.top);
  settle(theGrid());
  if (anchor?.has && document.activeElement === document.body) theGrid().querySelector('[tabindex="0"]')?.focus({ preventScroll: true });
  anchor = null;
}

// Rows are asked for where the reader is, with the span that is selected by now, and leave open what
// is open.
addEventListener("htmx:configRequest", (event) => {
  const { target, elt, path, parameters } = event.detail;
  if (target?.id !== "tree") return;
  if (!/[?&]jump=/.test(path)) parameters.span = selected();
  const rows = rowsOf(theGrid());
  parameters.kept = rows.filter((row) => row.ariaExpanded === "true").map(keyOf).join(".");
  const first = inSight(theGrid());
  if (elt.matches("[data-live]") && first && scrollY > 0) parameters.top = keyOf(first);
});

addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "tree") return;
  filled = -1;
  remember();
});

addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  if (target.id === "panel") return select(document.getElementById("panel"));
  if (target.id !== "tree") return;
  restore();
  mark(selected());
  requestAnimationFrame(fill);
});

// A jump selects a span: a panel that is still on its way comes too late.
addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  if (detail.target.id === "panel") htmx.trigger(detail.target, "htmx:abort");
});

function mark(span) {
  for (const row of document.querySelectorAll(`${ROW}[aria-selected="true"]`)) row.ariaSelected = "false";
  document.getElementById(`s-${span}`)?.setAttribute("aria-selected", "true");
}

// After the panel was swapped: mark its row, say its name.
function select(panel) {
  const old = document.querySelector(`${ROW}[aria-selected="true"]`);
  mark(panel.dataset.span);
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
addEventListener("resize", fill);

if (theGrid()) settle(theGrid());
const chosen = document.querySelector('[role=treegrid] tr[aria-selected="true"]');
if (chosen && !isInSight(chosen)) chosen.scrollIntoView({ block: "center" });
fill();
