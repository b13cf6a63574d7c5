// Leads to every page, code and search by the keyboard. Without this script the same links stand below each page.
"use strict";

const palette = () => document.getElementById("palette");
const places = () => [...palette().querySelectorAll("li")];
const links = () => places().filter((place) => !place.hidden).map((place) => place.firstElementChild);

function openPalette() {
  if (palette().open) return palette().close();
  document.getElementById("help").close();
  document.getElementById("go-to").value = "";
  narrow();
  palette().showModal();
}

// Every word has to be there.
function narrow() {
  const words = document.getElementById("go-to").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const place of places()) {
    const text = place.textContent.toLowerCase();
    place.hidden = !words.every((word) => text.includes(word));
  }
  const found = links().length;
  document.getElementById("go-found").textContent = words.length ? `${found} of ${places().length}` : "";
}

function moveBy(by) {
  const stops = [document.getElementById("go-to"), ...links()];
  const at = stops.indexOf(document.activeElement);
  stops[(Math.max(at, 0) + by + stops.length) % stops.length].focus();
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return openPalette();
  }
  if (!palette().open) return;
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const typed = document.activeElement.id === "go-to" && document.activeElement.value.trim();
  if (by) moveBy(by);
  else if (event.key === "Enter" && typed && links().length) links()[0].click();
  else return;
  event.preventDefault();
});

document.addEventListener("input", ({ target }) => { if (target.id === "go-to") narrow(); });
document.addEventListener("click", ({ target }) => {
  if (target.closest("#open-palette")) openPalette();
  else if (target.closest("#palette a")) palette().close();
});
