// An act answers with every row that moved, and not every page shows them all. What has no place here is left out
// before the swap; htmx would call each an error.
function place(piece) {
  const [, selector] = piece.getAttribute("hx-swap-oob").split(/:(.*)/s);
  return document.querySelector(selector || `[id="${piece.id}"]`);
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.serverResponse?.includes("hx-swap-oob")) return;
  const answer = document.createElement("template");
  answer.innerHTML = event.detail.serverResponse;
  const pieces = [...answer.content.children].filter((piece) => piece.hasAttribute("hx-swap-oob"));
  const absent = pieces.filter((piece) => !place(piece));
  for (const piece of absent) piece.remove();
  if (absent.length) event.detail.serverResponse = answer.innerHTML;
});
