// Puts what changed on a page in place of what was there. Without this script every link and form still works.
"use strict";

const PARTS = "[data-live]";
const served = new Map(); // the parts of the page as the server sent them, by id: what a visitor did to them is not in it

function remember(page) {
  for (const part of page.querySelectorAll(`${PARTS}, ${PARTS} > section`)) served.set(part.id, part.innerHTML);
}

const sections = (part) => [...part.querySelectorAll(":scope > section")];
const ids = (parts) => parts.map((part) => part.id).join();

function replacePart(now, next, keep) {
  if (served.get(next.id) === next.innerHTML) return;
  if (sections(next).length && ids(sections(next)) === ids(sections(now))) {
    for (const section of sections(next)) replacePart(document.getElementById(section.id), section, keep);
    return;
  }
  const before = state(now);
  now.replaceChildren(...document.importNode(next, true).childNodes);
  restore(now, before, keep);
}

function state(part) {
  return {
    scrolled: part.scrollTop,
    focused: part.contains(document.activeElement) && document.activeElement.id,
    rows: new Set([...part.querySelectorAll(".row")].map((row) => row.id)),
    open: [...part.querySelectorAll("details")].map((details) => details.open),
    typed: [...part.querySelectorAll("select[id], input[id]")].map((field) => [field.id, field.value]),
  };
}

// `keep` what was typed and opened: the page is the same one, only later.
function restore(part, before, keep) {
  part.scrollTop = before.scrolled;
  if (before.focused) document.getElementById(before.focused)?.focus({ preventScroll: true });
  if (!keep) return;
  for (const row of part.querySelectorAll(".row")) row.classList.toggle("fresh", before.rows.size > 0 && !before.rows.has(row.id));
  for (const [id, value] of before.typed) if (document.getElementById(id)) document.getElementById(id).value = value;
  const details = [...part.querySelectorAll("details")];
  if (details.length === before.open.length) details.forEach((each, at) => { each.open = before.open[at]; });
}

function put(html, keep) {
  const next = new DOMParser().parseFromString(html, "text/html");
  document.title = next.title;
  document.body.className = `${next.body.className} scripted`;
  for (const part of next.querySelectorAll(PARTS)) {
    const now = document.getElementById(part.id);
    if (now) replacePart(now, part, keep);
  }
  remember(next);
}

let asked = 0; // an answer that comes when something else was asked for is late
let going = 0; // how many visits are under way, during which the page is not refreshed
let missed = false;

async function load(url, options, keep) {
  const mine = ++asked;
  const answer = await fetch(url, options);
  const html = await answer.text();
  if (!answer.headers.get("content-type")?.startsWith("text/html")) throw new Error(html);
  if (mine !== asked) return null;
  put(html, keep);
  return answer;
}

async function go(url, options) {
  going += 1;
  try {
    const answer = await load(url, options, false);
    if (answer?.ok && answer.url !== location.href) history.pushState(null, "", answer.url);
  } catch (error) {
    say(error.message);
  } finally {
    going -= 1;
    if (missed) refresh();
  }
}

async function refresh() {
  missed = going > 0;
  if (!missed) await load(location.href, undefined, true).catch((error) => say(error.message));
}

function say(text) {
  const told = document.createElement("p");
  told.className = "problem";
  told.textContent = text;
  document.getElementById("said").replaceChildren(told);
  served.delete("said");
}

let events = null;

// A browser keeps few connections to one server, so a tab that nobody sees gives its own up.
function listen() {
  events?.close();
  events = document.hidden ? null : new EventSource(document.body.dataset.events);
  if (!events) return;
  events.onmessage = refresh;
  events.onerror = () => say("The mock does not answer. This page shows how it was, and goes on when it is back.");
}

async function copy(button) {
  const was = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = was; }, 1000);
  } catch {
    window.prompt("Copy this:", button.dataset.copy); // browsers give the clipboard to https and to this machine alone
  }
}

function step(by) {
  const rows = [...document.querySelectorAll(".row")];
  const at = rows.findIndex((row) => row === document.activeElement || row.ariaCurrent);
  const row = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
  row?.focus();
  row?.click();
}

const KEYS = {
  j: () => step(1),
  ArrowDown: () => step(1),
  k: () => step(-1),
  ArrowUp: () => step(-1),
  f: () => document.getElementById("filter-key")?.focus(),
  Escape: () => document.querySelector(".to-list")?.click(),
  "?": () => document.getElementById("help").showModal(),
};

document.addEventListener("keydown", (event) => {
  const elsewhere = event.target.closest("input, select, audio, dialog, #detail");
  if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  if (elsewhere && (event.key.startsWith("Arrow") || elsewhere.id !== "detail")) return;
  event.preventDefault();
  KEYS[event.key]();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
  const link = event.target.closest("main a[href]");
  const here = link && link.origin === location.origin && link.pathname === location.pathname;
  if (!here || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.href);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog") return;
  event.preventDefault();
  if (form.dataset.sure && !window.confirm(form.dataset.sure)) return;
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  if (form.method === "post") go(form.action, { method: "POST", body: fields });
  else go(`${form.action}?${fields}`);
});

document.addEventListener("change", (event) => {
  if (event.target.form?.id === "filters") event.target.form.requestSubmit();
});

document.addEventListener("visibilitychange", listen);
addEventListener("popstate", () => go(location.href));
remember(document);
document.body.classList.add("scripted");
listen();
