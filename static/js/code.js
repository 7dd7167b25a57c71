// A pasted sign-in code is sent at once when it is complete. Typing waits for the button: a slip can be mended.
document.addEventListener("paste", (event) => {
  const input = event.target.closest?.("[data-code] input[name=code]");
  if (!input) return;
  setTimeout(() => {
    const length = Number(input.closest("[data-code]").dataset.code);
    if (input.value.replace(/[\s-]/g, "").length === length) input.form.requestSubmit();
  });
});
