// An open plan notices changes by others. The element [data-live-url] asks cheaply every 8 s while the page is
// seen; on 200 it fires "plan:changed" on the body, and htmx refreshes what listens. While somebody has a task
// open, nothing is pulled from under them: [data-live-notice] offers the change instead.
const EVERY = 8000;

const place = () => document.querySelector("[data-live-url]");
const busy = () => document.querySelector("[data-live-hold]") !== null;

function show() {
  document.querySelector("[data-live-notice]")?.setAttribute("hidden", "");
  document.body.dispatchEvent(new CustomEvent("plan:changed", { bubbles: true }));
}

async function ask() {
  const here = place();
  if (!here || document.hidden) return;
  const answer = await fetch(here.dataset.liveUrl, {
    headers: { "If-None-Match": here.dataset.liveEtag },
    credentials: "same-origin",
    cache: "no-store",
  }).catch(() => null);
  const now = place();
  // A swap may have put a newer mark on the page while we waited: then this answer is old news.
  if (!answer || answer.status !== 200 || now !== here) return;
  const etag = answer.headers.get("ETag");
  if (!etag || etag === now.dataset.liveEtag) return;
  now.dataset.liveEtag = etag;
  const notice = document.querySelector("[data-live-notice]");
  if (busy() && notice) notice.removeAttribute("hidden");
  else show();
}

setInterval(ask, EVERY);
document.addEventListener("visibilitychange", ask);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-live-show]")) show();
});
