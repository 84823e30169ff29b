// An enhancement only: without it a time opens the recording itself at that moment.
"use strict";

const player = document.querySelector(".player audio, .player video");

/** Go to a moment, once the recording is known well enough to. */
function seek(seconds) {
  if (player.readyState > 0) player.currentTime = seconds;
  else player.addEventListener("loadedmetadata", () => (player.currentTime = seconds), { once: true });
}

/** The moment of the paragraph that the address names. */
function named() {
  const paragraph = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  return paragraph?.querySelector("[data-at]")?.dataset.at;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-at]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (player.error) return; // it can't be played here: the link opens it
  event.preventDefault();
  seek(Number(link.dataset.at));
  player.play().catch(() => {}); // the browser says why on the player itself
});

if (!new URL(player.currentSrc || player.src).hash && named()) seek(Number(named()));
