// An enhancement only: the page works without it. What the server renders for an address is fetched and its results
// put in place, so that there is one rendering.
"use strict";

const field = document.getElementById("q");
const announcement = document.getElementById("announcement");
let running = null;

/** The server's page for an address; null where a newer question was asked meanwhile. */
async function fetchPage(address) {
  running?.abort();
  const own = (running = new AbortController());
  const response = await fetch(address, { headers: { Accept: "text/html" }, signal: own.signal });
  const text = await response.text();
  if (own !== running) return null;
  return new DOMParser().parseFromString(text, "text/html");
}

/** Put the results of an address in place; whatever does not work is left to the browser. */
async function show(address, { push }) {
  document.getElementById("results").setAttribute("aria-busy", "true");
  let page = null;
  try {
    page = await fetchPage(address);
  } catch (error) {
    if (error.name === "AbortError") return;
    location.assign(address);
    return;
  }
  if (!page) return;
  if (!page.getElementById("results")) {
    location.assign(address);
    return;
  }
  if (push) history.pushState(null, "", address);
  document.title = page.title;
  const form = page.querySelector("form.ask");
  document.querySelector("form.ask").replaceChildren(...form.childNodes);
  const results = document.importNode(page.getElementById("results"), true);
  document.getElementById("results").replaceWith(results);
  announcement.textContent = results.dataset.announcement;
  if (push) (results.querySelector("h1") ?? currentField()).focus({ preventScroll: true });
  if (push) window.scrollTo(0, 0);
}

function currentField() {
  return document.getElementById("q") ?? field;
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.ask")) return;
  event.preventDefault();
  const question = currentField().value.trim();
  if (question) show(`/?${new URLSearchParams({ q: question })}`, { push: true });
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='/?']");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  show(link.getAttribute("href"), { push: true });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  currentField().select();
});

window.addEventListener("popstate", () => {
  if (location.hash) return; // the skip link: the same results
  show(location.pathname + location.search, { push: false });
});
