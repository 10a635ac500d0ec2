// The address of the page of a trace says what is open and what is selected. Rows leave out what is open
// when they are swapped in, so that they stay small, and links outside of the tree may have been drawn
// before it was opened: they are completed when they are followed.

const OPEN = ["open", "shut"];
const ALL = [...OPEN, "q", "show", "zoom", "path"];
const OUTSIDE = '#panel a[href^="?"]:not([hx-get]), #findings a[href^="?"], #causes a[href^="?"]:not([data-own])';

// An address with what the page has by now in place of what it says of these parameters.
function carried(address, names, now = new URLSearchParams(location.search)) {
  const to = new URL(address, location);
  if (to.pathname !== location.pathname) return address;
  for (const name of names) {
    to.searchParams.delete(name);
    for (const value of now.getAll(name)) to.searchParams.append(name, value);
  }
  return to.pathname + to.search;
}

addEventListener("click", (event) => {
  const link = event.target.closest(OUTSIDE);
  if (link) link.href = carried(link.href, ALL);
}, { capture: true });

addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.closest("#panel")) detail.path = carried(detail.path, ALL);
  else if (detail.elt.closest("#tree, #sought")) detail.path = carried(detail.path, OPEN);
});

// An answer may be late. A panel says which span is selected, rows say all else; but for a jump, which
// selects.
addEventListener("htmx:beforeHistoryUpdate", ({ detail: { history, target, pathInfo } }) => {
  if (target.id === "panel") history.path = carried(history.path, ALL);
  if (target.id !== "tree" || /[?&]jump=/.test(pathInfo.requestPath)) return;
  const span = document.querySelector("#panel [name=span]").value;
  history.path = carried(history.path, ["span"], new URLSearchParams(span && { span }));
});
