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
