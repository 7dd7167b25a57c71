// After a swap, focus goes where a person expects it: the first [data-focus] of what came in.
// [data-close] empties the opened task around it and gives the focus back to the row's link.
document.addEventListener("htmx:afterSettle", (event) => {
  const wanted = event.target.querySelector?.("[aria-invalid=true]") ?? event.target.querySelector?.("[data-focus]");
  if (!wanted) return;
  if (!wanted.matches("a, button, input, select, textarea, summary")) wanted.tabIndex = -1;
  wanted.focus({ preventScroll: false });
});

function close(panel) {
  const open = panel?.closest(".task-open");
  if (!open) return false;
  const row = open.previousElementSibling;
  open.replaceChildren();
  row?.querySelector("a")?.focus();
  return true;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-close]");
  if (button && close(button)) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "Escape" && !typing) close(event.target);
});
