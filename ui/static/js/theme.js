// The theme before the first paint: "light", "dark" or none, which means what the system says.
(() => {
  const root = document.documentElement;
  const themes = ["", "light", "dark"];
  const set = (theme) => (theme ? (root.dataset.theme = theme) : delete root.dataset.theme);
  root.dataset.script = "";
  try { set(localStorage.getItem("theme") ?? ""); } catch { /* storage may be forbidden */ }
  addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-theme-toggle]");
    if (!button) return;
    const theme = themes[(themes.indexOf(root.dataset.theme ?? "") + 1) % themes.length];
    set(theme);
    try { localStorage.setItem("theme", theme); } catch { /* lasts for this page only */ }
    button.title = `Theme: ${theme || "system"}`;
  });
})();
