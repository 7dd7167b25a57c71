// Two people in one text are told of each other. While a [data-writing="<thing>"] has the focus and something typed in
// it, the server hears of it every 8 s and says who else writes there; a line below the field repeats it.
const EVERY = 8000;
let heard = null;
let timer;

const address = (field) =>
  (field.closest("[data-writing-url]") ?? document.querySelector("[data-writing-url]"))?.dataset.writingUrl;
const dirty = (field) => field.value !== field.defaultValue;

function line(field) {
  const id = `${field.id}-writing`;
  let found = document.getElementById(id);
  if (!found) {
    found = Object.assign(document.createElement("p"), { id, className: "writing soft" });
    found.dataset.own = id;
    found.setAttribute("role", "status");
    field.after(found);
  }
  return found;
}

async function say(field) {
  const token = field.form?.elements.csrfmiddlewaretoken?.value;
  const url = address(field);
  if (!url || !token || document.activeElement !== field || !dirty(field) || document.hidden) {
    heard = null;
    return;
  }
  const body = new URLSearchParams({ csrfmiddlewaretoken: token, thing: field.dataset.writing });
  const answer = await fetch(url, { method: "POST", body, redirect: "error" }).catch(() => null);
  if (answer?.ok && field.isConnected) {
    const { said } = await answer.json();
    const where = line(field);
    if (where.textContent !== said) where.textContent = said;
  }
  if (heard === field) timer = setTimeout(say, EVERY, field);
}

for (const name of ["input", "focusin"]) {
  document.addEventListener(name, (event) => {
    const field = event.target;
    if (!field.matches?.("[data-writing]") || !dirty(field) || heard === field) return;
    clearTimeout(timer);
    heard = field;
    line(field);
    say(field);
  });
}
