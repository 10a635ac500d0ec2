// The views of a run beside its tree: a click selects a span, the panel shows it, its place is marked.

const view = () => document.getElementById("view");
const panel = () => document.getElementById("panel");
const spots = () => (panel().dataset.spots ?? "").split(" ").filter(Boolean);
const isDrawn = (place) => place.getClientRects().length > 0;
const marked = () => spots().flatMap((spot) => [...view().querySelectorAll(`[data-spot="${spot}"]`)]).find(isDrawn);
const LINKS = '#view a[data-select], #panel a[href^="?"][href*="span="]:not([hx-get])';

addEventListener("click", (event) => {
  const link = event.target.closest?.(LINKS);
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const gaveWay = () => {}; // to what was selected next
  htmx.ajax("GET", link.getAttribute("href"), { source: view(), target: "#panel", swap: "outerHTML" }).catch(gaveWay);
});

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) panel().querySelector("[data-close]")?.click();
});

// News are asked for at the address that the page has by now.
addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.matches("#view > [data-live]")) detail.path = location.pathname + location.search;
});

function bring(place) {
  const isTall = place.getBoundingClientRect().height > innerHeight / 2;
  place.scrollIntoView({ block: isTall ? "start" : "nearest", inline: "nearest" });
}

// Marks where the selected span is.
function mark() {
  const wanted = spots();
  for (const place of view().querySelectorAll("[data-spot]")) {
    if (wanted.includes(place.dataset.spot)) place.setAttribute("aria-current", "true");
    else place.removeAttribute("aria-current");
  }
}

// Goes there. A view that shows a part of the run goes to that part.
function go() {
  if (marked()) bring(marked());
  else if (spots().length && "windowed" in view().dataset) location.reload();
}

// News leave what the reader looks at where it is: the selected place, else the first on the screen.
let anchor = null;

function corner(place) {
  const { left, top } = place.getBoundingClientRect();
  return { left, top };
}

function lookedAt() {
  const onScreen = [...view().querySelectorAll("[data-spot][id]")].filter((place) => {
    const box = place.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight;
  });
  return onScreen.findLast((place) => place.matches("[aria-current]")) ?? onScreen[0];
}

addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "view") return;
  const place = scrollY > 0 || view().querySelector("[data-spot][aria-current]") ? lookedAt() : null;
  anchor = place && { id: place.id, ...corner(place) };
});

// News that were asked for before another span was selected mark the one before.
function isOfOther({ requestPath }) {
  const asked = new URL(requestPath, location).searchParams.get("span");
  return (asked ?? "") !== (panel().dataset.span ?? "");
}

addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "view") return;
  if (isOfOther(detail.pathInfo)) mark();
  const place = document.getElementById(anchor?.id ?? "");
  if (!place) return;
  for (const scroller of [place.closest(".graph-box"), window]) {
    const { left, top } = corner(place);
    scroller?.scrollBy(left - anchor.left, top - anchor.top);
  }
});

addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "panel") return;
  const before = view().querySelector("[data-spot][aria-current]");
  mark();
  go();
  document.getElementById("said").textContent = panel().querySelector("h2")?.textContent ?? "";
  if (!panel().dataset.span) (before?.matches("a") ? before : before?.querySelector("a"))?.focus({ preventScroll: true });
});

// A graph that is larger than its box begins with its first agent.
function begin() {
  const box = [...view().querySelectorAll(".graph-box")].find(isDrawn);
  const first = box?.querySelector("[data-first]")?.getBoundingClientRect();
  if (first) box.scrollTop = first.top - box.getBoundingClientRect().top - (box.clientHeight - first.height) / 2;
}

if (marked()) bring(marked());
else begin();
