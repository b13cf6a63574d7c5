// Tells by the browser of what comes to no good end, while nobody looks at this tab of the inbox.
"use strict";

const NOTIFIES = "suno-mock-notifies"; // what the browser remembers
const allowed = () => "Notification" in window && Notification.permission === "granted";
const notifies = () => allowed() && localStorage.getItem(NOTIFIES) === "yes";
const failures = () => new Map([...document.querySelectorAll("#list .row.bad")].map((row) => [row.id, row]));

let told = failures();

function showNotifies() {
  document.getElementById("notify")?.setAttribute("aria-pressed", `${notifies()}`);
  document.documentElement.toggleAttribute("data-notifies", notifies());
}

async function toggleNotifies() {
  if (notifies()) localStorage.removeItem(NOTIFIES);
  else if (!("Notification" in window)) say("The browser gives notifications to pages of https and of this machine alone.");
  else if ((await Notification.requestPermission()) === "granted") localStorage.setItem(NOTIFIES, "yes");
  else say("The browser does not allow notifications of this page. Allow them in its settings for the page, then press again.");
  showNotifies();
  listen();
}

function notify(rows) {
  const [row] = rows;
  const more = rows.length > 1 ? `, and ${rows.length - 1} more` : "";
  const why = (row.querySelector(".trouble") ?? row.querySelector(".status")).textContent;
  const shown = new Notification(`${row.querySelector("b").textContent}${more}`, { body: why, tag: "suno-mock" });
  shown.onclick = () => {
    window.focus();
    look(row.href);
  };
}

// What another filter shows is no news.
document.addEventListener("put", ({ detail: { refreshed } }) => {
  const before = told;
  told = failures();
  showNotifies();
  const news = [...told].filter(([id]) => !before.has(id)).map(([, row]) => row);
  if (refreshed && news.length && notifies() && (document.hidden || !document.hasFocus())) notify(news);
});

document.addEventListener("click", ({ target }) => { if (target.id === "notify") toggleNotifies(); });
showNotifies();
listen();
