// What is typed in a [data-draft="<key>"] is kept in this browser, for this person, until the server has taken it. It
// comes back after a reload, the back button, a lost connection or a new sign-in, and says so. Signing out forgets.
const person = document.body.dataset.person ?? "";
const words = document.body.dataset;
const DAYS = 14;
const name = (field) => `draft:${person}:${field.dataset.draft}`;

function forget(field) {
  localStorage.removeItem(name(field));
  field.closest("form")?.querySelector(`[data-own="${CSS.escape(field.id)}"]`)?.remove();
}

function keep(field) {
  if (field.value.trim() === "" || field.value === field.defaultValue) return forget(field);
  localStorage.setItem(name(field), JSON.stringify({ text: field.value, at: Date.now() }));
}

function read(field) {
  try {
    const kept = JSON.parse(localStorage.getItem(name(field)));
    return kept && Date.now() - kept.at < DAYS * 86_400_000 ? kept.text : "";
  } catch {
    return "";
  }
}

function told(field) {
  const line = document.createElement("p");
  line.className = "draft-back";
  line.dataset.own = field.id;
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  const drop = Object.assign(document.createElement("button"), { type: "button", className: "linklike" });
  drop.textContent = words.draftDiscard;
  drop.addEventListener("click", () => {
    field.value = field.defaultValue;
    forget(field);
    field.focus();
  });
  line.append(said, drop);
  field.after(line);
  // A region that comes in full is not read; one that is filled is.
  requestAnimationFrame(() => {
    said.textContent = words.draftBack;
  });
}

// A text that the server refused is in the field already, and is the newer one.
function bring(field) {
  if (!person || field.dataset.draftSeen) return;
  field.dataset.draftSeen = "1";
  const kept = read(field);
  if (!kept || kept === field.value || field.getAttribute("aria-invalid") === "true") return;
  field.value = kept;
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  told(field);
}

function look(root) {
  for (const field of root.querySelectorAll?.("[data-draft]") ?? []) bring(field);
  // What a session that ended left on the page is not said twice.
  const kept = document.querySelector("[data-kept-text]");
  const typed = [...document.querySelectorAll("[data-draft]")].map((field) => field.value.trim());
  const texts = [...(kept?.querySelectorAll("[data-kept-field]") ?? [])].map((it) => it.textContent.trim());
  if (kept && texts.every((text) => typed.includes(text))) kept.hidden = true;
}

const fields = (form) => (form?.querySelectorAll ? [...form.querySelectorAll("[data-draft]")] : []);

document.addEventListener("input", (event) => {
  if (person && event.target.matches?.("[data-draft]")) keep(event.target);
});

// With htmx the answer says whether it was taken; the form is gone from the page by then, its fields are not.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (requestConfig?.verb !== "post" || xhr.status >= 300 || xhr.getResponseHeader("HX-Redirect")) return;
  const form = requestConfig.elt.closest?.("form") ?? requestConfig.elt;
  for (const field of fields(form)) forget(field);
});

// Without htmx the page that comes next says it: ids of what was sent, forgotten when it is no error and not the
// sign-in. Signing out forgets everything of this person.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-sign-out]")) {
    for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
    sessionStorage.removeItem("draft-sent");
  } else if (!form.hasAttribute("hx-post")) {
    const sent = fields(form).filter((field) => field.value.trim()).map((field) => [name(field), field.value]);
    if (sent.length) sessionStorage.setItem("draft-sent", JSON.stringify(sent));
  }
});

function settle() {
  const sent = JSON.parse(sessionStorage.getItem("draft-sent") ?? "[]");
  if (!sent.length || !person) return;
  sessionStorage.removeItem("draft-sent");
  const refused = document.querySelector("[aria-invalid=true], .alert--error, .errorlist, [data-kept-text]");
  const taken = document.querySelector(".alert--success");
  if (refused || !taken) return;
  for (const [key, text] of sent) {
    if (JSON.parse(localStorage.getItem(key) ?? "{}").text === text) localStorage.removeItem(key);
  }
}

settle();
look(document);
addEventListener("pageshow", (event) => event.persisted && look(document));
document.addEventListener("htmx:afterSettle", () => look(document));
document.addEventListener("live:shown", () => look(document));
