// Keeps a page as the server would write it now. Without this script every link and form still works.
"use strict";

// --- What changed is put in place; what did not stays, with its focus, its scroll position and what was typed there.

const LEFT_ALONE = new Set(["open", "aria-busy", "aria-pressed"]); // what a visitor opened, and what scripts set
const CHANGED_WITH = { value: "value", checked: "checked", selected: "selected" };

function morph(now, next) {
  if (next.dataset?.same !== undefined) return; // the server knows that it is here as it would be written
  if (now.dataset?.typed !== undefined && !checking) return; // a form that was typed in is checked by itself
  if (now.nodeType === Node.TEXT_NODE) {
    if (now.data !== next.data) now.data = next.data;
  } else if (now.nodeType === Node.ELEMENT_NODE && !now.isEqualNode(next)) {
    if (now.nodeName === "AUDIO" && !now.paused) return;
    attributes(now, next);
    children(now, next);
  }
}

function attributes(now, next) {
  for (const { name } of [...now.attributes]) {
    if (!next.hasAttribute(name) && !LEFT_ALONE.has(name)) set(now, name, null);
  }
  for (const { name, value } of next.attributes) {
    if (now.getAttribute(name) !== value && !LEFT_ALONE.has(name)) set(now, name, value);
  }
}

// A field follows its default when that changes, and otherwise stays as it was filled in.
function set(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
  if (CHANGED_WITH[name] in element) element[name] = name === "value" ? value : value !== null;
}

const name = (node) => node.id || (node.nodeName === "OPTION" ? node.value : "");
const alike = (one, other) => one.nodeName === other.nodeName && name(one) === name(other);

function children(now, next) {
  let at = now.firstChild;
  for (const wanted of next.childNodes) {
    let found = at && alike(at, wanted) ? at : null;
    if (!found && name(wanted)) found = [...now.children].find((child) => alike(child, wanted));
    if (!found && wanted.dataset?.same !== undefined) {
      missing = true;
      continue;
    }
    if (!found) {
      const made = now.insertBefore(document.importNode(wanted, true), at);
      if (made.className === "item" && refreshing && steady < STEADY) made.classList.add("fresh");
      continue;
    }
    if (found === at) at = at.nextSibling;
    else now.insertBefore(found, at);
    morph(found, wanted);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

// --- Looking: at another task, or at the same page, later.

const PAUSE = 500; // milliseconds from one look at the same page to the next, at least
const STEADY = 4; // looks in a row after which changes do not cease, so that fewer looks tell as much
const IDLE = 40; // times as long as a look kept the browser busy, which then pass until the next
const LATEST = 4000; // milliseconds to which those are bounded
let busy = 0; // milliseconds for which the look under way kept the browser busy so far
let steady = 0; // looks in a row that were not the last
let missing = false; // what the server took to be here was gone when its answer came
let asked = 0; // an answer that comes when another page was asked for is late
let looking = 0; // visits under way, during which the page is not refreshed
let refreshing = false;
let again = false;
let due = null;
let listLeft = 0; // where the list was left

async function fetched(url, options) {
  const answer = await fetch(url, options);
  const html = await answer.text();
  if (!answer.headers.get("content-type")?.startsWith("text/html")) throw new Error(html);
  const began = performance.now();
  const page = new DOMParser().parseFromString(html, "text/html");
  busy += performance.now() - began;
  return { answer, page };
}

function put(page, { keepTold }) {
  const began = performance.now();
  const told = document.getElementById("said");
  if (keepTold && told.firstChild && !page.getElementById("said").firstElementChild) {
    page.getElementById("said").replaceWith(told.cloneNode(true));
  }
  document.title = page.title;
  morph(document.body, page.body);
  expect();
  document.dispatchEvent(new CustomEvent("put", { detail: { refreshed: keepTold } }));
  document.body.getBoundingClientRect(); // the layout counts
  busy += performance.now() - began;
}

// Something will happen that nobody tells of: the clock runs towards it.
function expect() {
  clearTimeout(due);
  const seconds = Number(document.body.dataset.next);
  if (seconds) due = setTimeout(refresh, Math.min(seconds * 1000 + 50, 2 ** 30));
}

async function look(url, { remember = true } = {}) {
  const mine = ++asked;
  const chosen = () => document.body.classList.contains("chosen");
  const left = chosen() ? null : scrollY;
  looking += 1;
  try {
    const { answer, page } = await fetched(url);
    if (mine !== asked) return;
    if (left !== null) history.replaceState({ left }, "");
    put(page, { keepTold: false });
    if (remember && answer.url !== location.href) history.pushState(null, "", answer.url);
    scrollTo(0, chosen() ? 0 : history.state?.left ?? listLeft);
    if (left !== null) listLeft = left;
  } catch (error) {
    say(unanswered(error));
  } finally {
    looking -= 1;
    if (again) refresh();
  }
}

// One at a time, and the mock gets three times as long for others as the page took. What is here is not sent again.
async function refresh() {
  again = refreshing || looking > 0;
  if (again) return;
  refreshing = true;
  const url = location.href;
  const mine = asked;
  const began = performance.now();
  busy = 0;
  const has = [...document.querySelectorAll("[data-version]")].map(({ dataset }) => dataset.version);
  const headers = missing ? {} : { "Suno-Mock-Has": has.join() };
  missing = false;
  try {
    const { page } = await fetched(url, { headers });
    if (url === location.href && mine === asked && !looking) put(page, { keepTold: true });
    else again = true;
    again ||= missing;
  } catch (error) {
    say(unanswered(error));
  }
  const took = performance.now() - began;
  const idle = steady < STEADY ? 0 : Math.min(IDLE * busy, LATEST);
  setTimeout(() => {
    refreshing = false;
    steady = again ? steady + 1 : 0;
    if (again) refresh();
  }, Math.max(3 * took, PAUSE - took, idle));
}

const unanswered = (error) => (error instanceof TypeError ? "The mock does not answer." : error.message);

function say(text, kind = "problem") {
  const told = document.createElement("p");
  told.className = kind;
  told.textContent = text;
  document.getElementById("said").replaceChildren(told);
}

// --- Doing: a form is sent, and what it changed is looked at.

// One after the other, so that no click is lost and each does what it would have done alone.
let pressed = Promise.resolve();

function press(form, submitter) {
  const body = new URLSearchParams(new FormData(form, submitter));
  const url = submitter?.getAttribute("formaction") ?? form.action;
  form.ariaBusy = "true";
  delete form.dataset.typed;
  const mine = pressed.then(() => send(form, url, body));
  pressed = mine;
  mine.then(() => { if (pressed === mine) document.querySelectorAll("form").forEach((each) => { each.ariaBusy = null; }); });
}

async function send(form, url, body) {
  try {
    const { answer, page } = await fetched(url, { method: "POST", body });
    if (!answer.ok) return put(page, { keepTold: false });
    if (url === form.dataset.checks) return put(page, { keepTold: true });
    if (new URL(answer.url).pathname !== location.pathname) return location.assign(answer.url);
    document.getElementById("said").replaceChildren();
    if (form.dataset.done) say(form.dataset.done, "note");
    if (answer.url !== location.href && (form.dataset.sure || form.dataset.goes !== undefined)) history.pushState(null, "", answer.url);
    asked += 1; // what is on its way was written before
    if (answer.url === location.href && !looking) put(page, { keepTold: true });
    refresh();
  } catch (error) {
    say(unanswered(error));
  }
}

// What is typed is checked as it is typed: what is wrong with it, how much of a limit it has, and the same as code.
const TYPING = 200; // milliseconds without a key, after which it is
let typed = 0;
let checking = false;

function type(form) {
  const mine = ++typed;
  form.dataset.typed = "";
  setTimeout(() => { if (mine === typed) check(form, mine); }, TYPING);
}

async function check(form, mine) {
  try {
    const { page } = await fetched(form.dataset.checks, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (mine !== typed || form.dataset.typed === undefined) return; // more was typed, or it was sent
    checking = true;
    for (const id of [form.id, "as-code"]) morph(document.getElementById(id), page.getElementById(id));
    form.dataset.typed = "";
  } catch (error) {
    say(unanswered(error));
  } finally {
    checking = false;
  }
}

// The key that was chosen is the one of the next page, too.
async function keep({ dataset, value: key }) {
  try {
    await fetch(dataset.keep, { method: "POST", body: new URLSearchParams({ key }), redirect: "manual" });
    refresh();
  } catch (error) {
    say(unanswered(error));
  }
}

async function copy(button) {
  button.dataset.label ??= button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = button.dataset.label; }, 1000);
  } catch {
    window.prompt("Copy this:", button.dataset.copy); // browsers give the clipboard to https and to this machine alone
  }
}

// --- Hearing that something changed.

let events = null;

// A browser keeps few connections to one server, so a tab that nobody sees gives its own up, unless it is to notify.
function listen() {
  events?.close();
  events = document.hidden && !("notifies" in document.documentElement.dataset) ? null : new EventSource(document.body.dataset.events);
  if (!events) return;
  let lost = false;
  events.onmessage = () => {
    if (lost) document.getElementById("said").replaceChildren();
    lost = false;
    refresh();
  };
  events.onerror = () => {
    lost = true;
    say(
      events.readyState === EventSource.CLOSED
        ? "The mock does not let this page listen any more. Reload it; the mock may ask for its token."
        : "The mock does not answer. This page shows how it was, and goes on when it is back.",
    );
  };
}

// --- The clock, while it runs.

setInterval(() => {
  const time = document.querySelector("#clock time[data-now]");
  if (!time) return;
  if (time.dataset.now !== time.shown) [time.shown, time.since] = [time.dataset.now, performance.now()];
  const now = Number(time.shown) + (performance.now() - time.since) / 1000;
  time.textContent = new Date(now * 1000).toISOString().slice(11, 19);
}, 250);

// --- Keys, clicks and forms.

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
  "/": () => document.getElementById("filter-q")?.focus(),
  f: () => document.getElementById("filter-key")?.focus(),
  Escape: () => document.querySelector(".to-list")?.click(),
  "?": () => document.getElementById("help").showModal(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, audio, dialog");
  const reading = event.target.closest("#detail") && event.key.startsWith("Arrow");
  if (event.ctrlKey || event.metaKey || event.altKey || typing || reading || !KEYS[event.key]) return;
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
  look(link.href);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.closest("dialog")) return;
  event.preventDefault();
  if (form.dataset.sure && !window.confirm(form.dataset.sure)) return;
  if (form.method === "post") press(form, event.submitter);
  else look(`${form.action}?${new URLSearchParams(new FormData(form))}`);
});

document.addEventListener("change", (event) => {
  if (event.target.form?.id === "filters") event.target.form.requestSubmit();
  if (event.target.dataset.keep) keep(event.target);
});

document.addEventListener("input", ({ target: { form } }) => {
  if (form?.dataset.checks) type(form);
});

document.addEventListener("visibilitychange", listen);
addEventListener("popstate", () => look(location.href, { remember: false }));
history.scrollRestoration = "manual";
document.documentElement.classList.add("scripted");
expect();
listen();
