// A refresh keeps what a person had unfolded: the open state of every details[id] survives a swap.
// Opening one task closes the other, so that a page never holds two forms of the same kind.
let kept = new Map();

document.addEventListener("htmx:beforeSwap", (event) => {
  const folds = event.detail.target?.querySelectorAll("details[id]") ?? [];
  kept = new Map([...folds].map((fold) => [fold.id, fold.open]));
  const opening = event.detail.target?.closest(".task-open");
  if (!opening) return;
  for (const other of document.querySelectorAll(".task-open")) {
    if (other !== opening) other.replaceChildren();
  }
});

document.addEventListener("htmx:afterSwap", () => {
  for (const [id, open] of kept) {
    const fold = document.getElementById(id);
    // A form with an error is opened by the server; keeping it shut would hide the error.
    if (fold && !fold.querySelector("[aria-invalid=true]")) fold.open = open;
  }
  kept = new Map();
});
