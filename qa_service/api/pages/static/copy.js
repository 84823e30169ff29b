// An enhancement only: the text of a quotation can be selected without it.
"use strict";

document.documentElement.classList.add("scripted"); // shows the buttons, also of results that come later
const told = document.querySelector("[role=status]") ?? document.body.appendChild(document.createElement("p"));
told.className = "quiet";
told.setAttribute("role", "status");

/** Select a quotation, for whoever copies by hand or where pages may not write to the clipboard. */
function select(text) {
  text.closest("details").open = true;
  getSelection().selectAllChildren(text);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button.copy");
  if (!button) return;
  const text = button.parentElement.querySelector("pre");
  try {
    await navigator.clipboard.writeText(text.textContent);
    told.textContent = button.textContent = "Copied";
  } catch {
    select(text); // no clipboard: the page did not come over HTTPS, or the browser refuses
    told.textContent = button.textContent = "Selected, to be copied";
  }
  setTimeout(() => (button.textContent = "Copy as a quotation"), 3000);
});
