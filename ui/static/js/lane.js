// Dragging on the head of the time lane zooms to what was dragged over; a choice in the bar is sent at once;
// what leads to the selected span goes with it.

const headOf = (event) => event.target.closest?.("[role=treegrid] th[data-knots]");

// The time at a place of the lane, in ms after the start: `knots` are pairs of both, even between.
function timeAt(head, share) {
  const knots = head.dataset.knots.split(" ").map((pair) => pair.split(":").map(Number));
  const next = Math.max(knots.findIndex(([place]) => place >= share), 1);
  const [[from, start], [to, end]] = [knots[next - 1], knots[next]];
  return Math.round(start + ((share - from) / (to - from || 1)) * (end - start));
}

function shareAt(head, x) {
  const box = head.getBoundingClientRect();
  return Math.min(Math.max((x - box.left) / box.width, 0), 1);
}

let drag = null;

addEventListener("pointerdown", (event) => {
  const head = headOf(event);
  if (!head || event.button) return;
  event.preventDefault();
  drag = { head, from: shareAt(head, event.clientX), to: 0 };
});

addEventListener("pointermove", (event) => {
  if (!drag) return;
  drag.to = shareAt(drag.head, event.clientX);
  drag.head.style.setProperty("--drag-from", `${Math.min(drag.from, drag.to) * 100}%`);
  drag.head.style.setProperty("--drag-width", `${Math.abs(drag.to - drag.from) * 100}%`);
});

addEventListener("pointerup", () => {
  if (!drag) return;
  const { head, from, to } = drag;
  drag = null;
  head.style.removeProperty("--drag-width");
  if (!to || Math.abs(to - from) < 0.01) return;
  const [first, last] = [from, to].sort((one, other) => one - other).map((share) => timeAt(head, share));
  if (first >= last) return;
  const grid = head.closest("[role=treegrid]");
  htmx.ajax("GET", `${grid.dataset.address}zoom=${first}-${last}`, { source: grid, target: "#tree", swap: "morph:outerHTML" })
    .catch(() => {}); // it gave way to what was asked for next
});

// A way to the span that was selected before would lead to the wrong one.
addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "panel") return;
  const link = document.querySelector("#sought [data-of]");
  if (link && link.dataset.of !== document.getElementById("panel").dataset.span) link.remove();
});

addEventListener("change", (event) => { if (event.target.matches("#find select")) event.target.form.requestSubmit(); });
