// Says the name and size of a chosen file at once, and that it is too large before it is sent.
// [data-upload] wraps the input; [data-upload-said] is where it is said; data-max is in bytes. The server decides.
const size = (bytes) =>
  bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;

document.addEventListener("change", (event) => {
  const box = event.target.closest?.("[data-upload]");
  const said = box?.querySelector("[data-upload-said]");
  if (!said || event.target.type !== "file") return;
  const file = event.target.files[0];
  const tooLarge = Boolean(file) && file.size > Number(box.dataset.max || Infinity);
  said.textContent = file ? `${file.name}, ${size(file.size)}${tooLarge ? ` – ${box.dataset.tooLarge}` : ""}` : "";
  said.toggleAttribute("data-wrong", tooLarge);
  event.target.setCustomValidity(tooLarge ? box.dataset.tooLarge : "");
});
