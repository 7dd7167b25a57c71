// After an @ in a [data-mention="<address>"] names are suggested in a list below the field. Arrows choose,
// Enter or Tab takes, Escape closes. Without it, an @ and the name typed by hand do the same.
const MOST = 6;
const known = new Map();
let open = null;

async function people(field) {
  const url = field.dataset.mention;
  if (!known.has(url)) {
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    known.set(url, answer?.ok ? (await answer.json()).people : []);
  }
  return known.get(url);
}

// The @ before the caret and what was typed after it.
function asked(field) {
  const found = /(^|[\s(])@([^\s@][^@\n]{0,40}|)$/.exec(field.value.slice(0, field.selectionStart));
  return found && { from: field.selectionStart - found[2].length, words: found[2].toLocaleLowerCase() };
}

function close() {
  open?.list.remove();
  open?.field.removeAttribute("aria-activedescendant");
  open?.field.removeAttribute("aria-controls");
  open = null;
}

function choose(step) {
  open.at = (open.at + step + open.list.children.length) % open.list.children.length;
  [...open.list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === open.at)));
  open.field.setAttribute("aria-activedescendant", open.list.children[open.at].id);
}

function take() {
  const { field, from, found, at } = open;
  field.setRangeText(`${found[at].name} `, from, field.selectionStart, "end");
  close();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function show(field, from, found) {
  close();
  const list = Object.assign(document.createElement("ul"), { id: `${field.id}-names`, className: "names" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.body.dataset.mentionLabel ?? "@");
  list.dataset.own = list.id;
  found.forEach((person, number) => {
    const item = Object.assign(document.createElement("li"), { id: `${list.id}-${number}`, textContent: person.name });
    item.setAttribute("role", "option");
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      open.at = number;
      take();
    });
    list.append(item);
  });
  field.after(list);
  open = { field, from, found, list, at: -1 };
  // A text field of several lines may not be called a combobox; what else belongs to one, it may have.
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-haspopup", "listbox");
  field.setAttribute("aria-controls", list.id);
  choose(1);
}

document.addEventListener("input", async (event) => {
  const field = event.target;
  if (!field.matches?.("[data-mention]")) return;
  const at = asked(field);
  if (!at) return close();
  const all = await people(field);
  const now = asked(field);
  if (!now || document.activeElement !== field) return close();
  const fits = (text) => text.toLocaleLowerCase().split(/\s+/).some((_, n, all) => all.slice(n).join(" ").startsWith(now.words));
  const found = all.filter(({ name, email }) => fits(name) || email.startsWith(now.words)).slice(0, MOST);
  const whole = found.length === 1 && found[0].name.toLocaleLowerCase() === now.words.trim();
  if (found.length && !whole) show(field, now.from, found);
  else close();
});

document.addEventListener("keydown", (event) => {
  if (!open || event.target !== open.field || event.isComposing) return;
  if (event.key === "ArrowDown") choose(1);
  else if (event.key === "ArrowUp") choose(-1);
  else if (event.key === "Enter" || event.key === "Tab") take();
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.addEventListener("focusout", (event) => {
  if (open && event.target === open.field) close();
});
