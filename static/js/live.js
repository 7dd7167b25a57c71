// A page notices what others change. The element [data-live-url] asks cheaply every 8 s while the page is seen; when
// something has changed, the page is fetched anew and the region that data-live-region names is brought up to date in
// place: what is the same is not touched, so that focus, scroll and unfolded parts stay. A form in which somebody has
// typed is never touched, nor the opened task around it; a notice in it says what happened meanwhile, and its button
// brings the rest of the form up to date around the typed words.
const EVERY = 8000;
const OWN = "[data-own], [data-live-notice]";
const pattern = document.querySelector("[data-live-notice]");
let mine = false;

const place = () => document.querySelector("[data-live-url]");

function dirty(field) {
  if (field.matches("input[type=hidden], button")) return false;
  if (field.matches("select")) {
    const given = [...field.options].some((option) => option.defaultSelected);
    return given ? [...field.options].some((it) => it.selected !== it.defaultSelected) : field.selectedIndex > 0;
  }
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  return field.type === "file" ? field.files.length > 0 : field.value !== field.defaultValue;
}

// What the server refused, or asks about first, stands in its fields as if it had come from there.
const refused = (form) => form.querySelector("[aria-invalid=true], .errorlist, .preview") !== null;
const typed = (form) => refused(form) || [...form.elements].some(dirty);
// A composer names no version: what else happens cannot be overwritten by it, so it holds nothing but itself.
const holds = (form) => !form.hasAttribute("data-live-free") && typed(form);
const held = (element) =>
  element.matches("[data-live-hold]") &&
  (element.querySelector("[role=alert]") || [...element.querySelectorAll("form")].some(holds));

function key(node) {
  if (node.nodeType !== 1) return "";
  return node.id || (node.firstElementChild?.id && `of ${node.firstElementChild.id}`) || "";
}

const opened = (element) => element.querySelector(".task-open > *") !== null;

function attributes(have, want) {
  for (const { name, value } of want.attributes) {
    if (name === "open" && have.matches("details")) continue;
    if (have.getAttribute(name) !== value) have.setAttribute(name, value);
  }
  for (const { name } of [...have.attributes]) {
    const stays = ["open", "tabindex", "aria-controls", "aria-activedescendant", "data-draft-seen"].includes(name);
    if (!want.hasAttribute(name) && !stays) have.removeAttribute(name);
  }
}

function renew(have, want, all) {
  if (have.nodeType !== 1) {
    if (have.nodeValue !== want.nodeValue) have.nodeValue = want.nodeValue;
    return;
  }
  if (have.isEqualNode(want)) return;
  // What is opened below a row comes from an address of its own.
  if (have.matches(".task-open") && have.firstElementChild) return;
  if (!all && (held(have) || (have.matches("form") && typed(have)))) return;
  if (have.matches("input, textarea, select")) {
    if (dirty(have) || have === document.activeElement) return;
    if (have.type !== "hidden" && have.form && refused(have.form)) return;
    attributes(have, want);
    if (have.matches("textarea")) have.defaultValue = want.defaultValue;
    if (have.matches("select")) have.replaceChildren(...want.childNodes);
    else if (have.type !== "file") have.value = want.value;
    return;
  }
  attributes(have, want);
  children(have, want, all);
}

function children(have, want, all) {
  const byKey = new Map([...have.children].filter(key).map((child) => [key(child), child]));
  const wanted = new Set([...want.children].map(key));
  let at = have.firstChild;
  // Past what is a script's own, and past what is gone: it goes at once, so that nothing behind it has to move.
  const skip = () => {
    while (at?.nodeType === 1 && (at.matches(OWN) || (key(at) && !wanted.has(key(at))))) {
      const gone = at;
      at = at.nextSibling;
      if (!gone.matches(OWN) && !opened(gone)) gone.remove();
    }
  };
  for (const next of [...want.childNodes]) {
    skip();
    const named = key(next);
    let found = named ? byKey.get(named) : at;
    if (!named && at && (at.nodeName !== next.nodeName || key(at))) found = null;
    if (!found) {
      have.insertBefore(next, at);
      continue;
    }
    if (found === at) at = at.nextSibling;
    else have.insertBefore(found, at);
    renew(found, next, all);
  }
  for (let rest = at; rest; ) {
    const after = rest.nextSibling;
    if (rest.nodeType !== 1 || !(rest.matches(OWN) || opened(rest))) rest.remove();
    rest = after;
  }
}

async function page(url, headers = {}) {
  const answer = await fetch(url, { headers, credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// Nothing that a person sees moves under them: what has the focus, or the first thing in view, stays where it was.
function steady(act) {
  const focus = document.activeElement;
  const anchor = focus && focus !== document.body ? focus : document.elementFromPoint(innerWidth / 2, innerHeight / 3);
  const top = anchor?.getBoundingClientRect().top;
  const range = focus?.matches?.("textarea, input") ? [focus.selectionStart, focus.selectionEnd] : null;
  act();
  if (focus !== document.activeElement && focus?.isConnected) {
    focus.focus({ preventScroll: true });
    if (range?.[0] !== null && range) focus.setSelectionRange?.(...range);
  }
  const moved = anchor?.isConnected ? anchor.getBoundingClientRect().top - top : 0;
  if (Math.abs(moved) > 1) scrollBy({ top: moved, behavior: "instant" });
}

const said = (root) => [...root.querySelectorAll(".history li > span:first-child")].map((it) => it.textContent);

const withdraw = () => document.querySelectorAll("[data-live-notice]:not([hidden])").forEach((it) => it.remove());

function tell(news) {
  const form = [...document.querySelectorAll("form")].find(holds);
  if (!pattern || !form || mine) return;
  withdraw();
  const notice = pattern.cloneNode(true);
  notice.removeAttribute("hidden");
  (form.closest("[data-live-hold]") ?? form).prepend(notice);
  // A region that comes in full is not read; one that is filled is.
  requestAnimationFrame(() => {
    notice.querySelector("[data-live-said]").textContent = news.slice(0, 3).join(" · ");
  });
}

async function show(all = false) {
  const region = document.querySelector(place()?.dataset.liveRegion ?? "#regions");
  const fresh = await page(location.href);
  const next = fresh?.querySelector(place()?.dataset.liveRegion ?? "#regions");
  if (!region?.isConnected || !next) return;
  const panels = [...document.querySelectorAll(".task-open > [data-live-from]")];
  const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
  const newer = await Promise.all(panels.map((panel) => page(panel.dataset.liveFrom, headers)));
  const known = new Set([...said(region), ...panels.flatMap(said)]);
  const news = [...new Set([...said(next), ...newer.flatMap((it) => (it ? said(it) : []))])];
  steady(() => {
    renew(region, next, all);
    panels.forEach((panel, number) => {
      const body = newer[number]?.querySelector("[data-live-from]");
      if (panel.isConnected && body) renew(panel, body, all);
    });
    const live = fresh.querySelector("[data-live-url]");
    if (live) place().dataset.liveEtag = live.dataset.liveEtag;
  });
  window.htmx?.process(region);
  if (all) withdraw();
  else tell(news.filter((line) => !known.has(line)));
  mine = false;
  document.dispatchEvent(new CustomEvent("live:shown"));
}

async function ask() {
  const here = place();
  if (!here || document.hidden) return;
  const answer = await fetch(here.dataset.liveUrl, {
    headers: { "If-None-Match": here.dataset.liveEtag },
    credentials: "same-origin",
    cache: "no-store",
  }).catch(() => null);
  // A swap may have put a newer mark on the page while we waited: then this answer is old news.
  if (!answer || answer.status !== 200 || place() !== here) return;
  const etag = answer.headers.get("ETag");
  if (!etag || etag === here.dataset.liveEtag) return;
  here.dataset.liveEtag = etag;
  await show();
}

setInterval(ask, EVERY);
document.addEventListener("visibilitychange", ask);
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig?.verb === "post" && event.detail.successful) mine = true;
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-live-show]");
  if (!button) return;
  const around = button.closest("[data-live-hold], form") ?? document.getElementById("main");
  show(true);
  if (!around.matches("a, button, input, select, textarea, summary")) around.tabIndex = -1;
  around.focus({ preventScroll: true });
});
