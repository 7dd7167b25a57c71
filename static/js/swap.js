// Around a swap, on every page: what changed is said, the focus goes where a person expects it, what was unfolded stays
// so, and rows that the page does not show are left out.

// What changed is said. After a swap the text of [data-announce] goes to #live, and so does an "announce" event
// that the server sends in HX-Trigger: {"announce": "Task completed"}. Failures that htmx does not swap are said too.
const live = () => document.getElementById("live");
let clear;

function say(text) {
  const region = live();
  if (!region || !text) return;
  region.textContent = "";
  // A region that is emptied and filled in one breath is read only once by some readers: let a frame pass.
  requestAnimationFrame(() => {
    region.textContent = text;
  });
  clearTimeout(clear);
  clear = setTimeout(() => {
    region.textContent = "";
  }, 6000);
}

document.addEventListener("announce", (event) => say(event.detail?.value ?? event.detail?.text));

document.addEventListener("htmx:afterSettle", (event) => {
  const found = event.target.querySelector?.("[data-announce]");
  if (!found) return;
  say(found.dataset.announce || found.textContent.trim());
  found.removeAttribute("data-announce");
});

for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, () => say(live()?.dataset.failed));
}

// After a swap, focus goes where a person expects it: the first [data-focus] of what came in.
// [data-close] empties the opened task around it and gives the focus back to the row's link.
document.addEventListener("htmx:afterSettle", (event) => {
  const wanted = event.target.querySelector?.("[aria-invalid=true]") ?? event.target.querySelector?.("[data-focus]");
  if (!wanted) return;
  if (!wanted.matches("a, button, input, select, textarea, summary")) wanted.tabIndex = -1;
  wanted.focus({ preventScroll: false });
});

// A page that came whole opens at its first mistake (its [autofocus]); whoever types goes on in the field itself.
document.querySelector(".field[autofocus] [aria-invalid=true]")?.focus();

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
    // A form with an error is never shut. The server opens it, and a browser shuts it again where the old one of
    // the same name was open while the new one came in.
    if (fold) fold.open = open || fold.querySelector("[aria-invalid=true]") !== null;
  }
  kept = new Map();
});

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
