// What every page needs of htmx: quiet polling, state that survives a swap, errors in words; and "copy".

// A swap brings new facts. The one tab stop of a tree, and what the reader unfolded, stays.
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) => {
  if (name === "tabindex") return !node.closest?.("[role=treegrid]");
  return !(name === "open" && node.matches?.("details"));
};

// On a narrow screen the row of pages scrolls.
document.querySelector('.masthead nav [aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });

const say = (text) => { document.getElementById("status").textContent = text; };

addEventListener("htmx:beforeRequest", (event) => {
  const isPoll = event.target.matches("[data-live]") && event.detail.requestConfig?.triggeringEvent === undefined;
  if (isPoll && document.hidden) event.preventDefault();
});
addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) say(""); });
addEventListener("htmx:responseError", ({ detail }) => {
  const then = detail.elt.matches("[data-live]") ? "Trying again." : "Reload the page to see where things stand.";
  say(`The server answered ${detail.xhr.status}. ${then}`);
});
for (const lost of ["htmx:sendError", "htmx:timeout"]) {
  addEventListener(lost, () => say("The server cannot be reached. Trying again."));
}

addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy], [data-help], [data-shut]");
  if (!button) return;
  if ("help" in button.dataset) return document.getElementById("help").showModal();
  if ("shut" in button.dataset) return button.closest("dialog").close();
  const text = button.parentElement.querySelector("[data-copied]");
  let came = "Copied";
  try {
    await navigator.clipboard.writeText(text.textContent);
  } catch { // a page that came over plain HTTP from another machine has no clipboard
    getSelection().selectAllChildren(text);
    came = "Selected, copy by hand";
  }
  button.textContent = button.ariaLabel = came;
});
