// What makes the pages quicker: keys, and forms that change the list without loading the page anew.
// Every page works without it.
"use strict";

const rows = () => [...document.querySelectorAll(".row")];
// The row that has the focus; on the page of one verdict, that one.
const current = () => document.activeElement?.closest(".row") ?? document.querySelector("form.row");

function move(step) {
  const all = rows();
  const at = all.indexOf(current());
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

// Puts what a page shows in the place of what is shown.
function show(text) {
  const at = rows().indexOf(current());
  const scroll = window.scrollY;
  const page = new DOMParser().parseFromString(text, "text/html");
  const content = page.querySelector("#content");
  document.querySelector("#content").replaceWith(content);
  document.title = page.title;
  prepare();
  window.scrollTo(0, scroll);
  // What had the focus is gone; a screen reader hears of what is put into a region that was there before.
  const row = at >= 0 ? rows()[Math.min(at, rows().length - 1)] : null;
  (row ?? content).focus({ preventScroll: true });
  document.querySelector("#told").textContent = content.querySelector(".notice [data-told]")?.textContent ?? "";
}

// Puts a part of another page in the place of what stands in that part here.
let asked = 0;
async function refresh(address, part) {
  const turn = (asked += 1);
  const reply = await fetch(address);
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const here = document.querySelector(part);
  // A later question has been asked meanwhile, or the session is over.
  if (turn !== asked || !here || new URL(reply.url).pathname === "/login") return;
  const fault = page.querySelector("main [role=alert]");
  const there = page.querySelector(part);
  here.replaceChildren(...(fault ? [fault] : there?.childNodes ?? []));
  if (there && "poll" in here.dataset && !("poll" in there.dataset)) delete here.dataset.poll;
}

// Work of the server that takes longer than a page may.
async function poll() {
  while (document.querySelector("#job[data-poll]")) {
    await new Promise((done) => setTimeout(done, 700));
    await refresh(location.pathname, "#job").catch(() => {});
  }
}

// What numbers would do, while they are typed.
let typing;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-preview]");
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(() => {
    if (!form.checkValidity()) return;
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    refresh(address, form.dataset.preview).catch(() => {});
  }, 300);
});

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  form.setAttribute("aria-busy", "true");
  try {
    const reply = await fetch(form.action, { method: "POST", body });
    // A failure is a page of its own.
    if (!reply.ok || !new URL(reply.url).pathname.startsWith(location.pathname)) {
      document.documentElement.innerHTML = new DOMParser()
        .parseFromString(await reply.text(), "text/html").documentElement.innerHTML;
      return;
    }
    show(await reply.text());
  } catch {
    form.removeAttribute("aria-busy");
    form.requestSubmit(button);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-live]") || form.hasAttribute("aria-busy")) return;
  event.preventDefault();
  send(form, event.submitter);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
  const row = current();
  switch (event.key) {
    case "j": move(1); break;
    case "k": move(-1); break;
    case "x": row?.querySelector("input[type=checkbox]")?.click(); break;
    case "?": document.querySelector("#help")?.showModal(); break;
    case "s": case "h": case "n": case "u": case "o":
      row?.querySelector(`[data-key="${event.key}"]`)?.click(); break;
    default: return;
  }
  event.preventDefault();
});

function prepare() {
  const all = document.querySelector("#all");
  if (!all) return;
  all.closest("[hidden]")?.removeAttribute("hidden");
  all.addEventListener("change", () => {
    for (const box of document.querySelectorAll(".row input[type=checkbox]")) box.checked = all.checked;
  });
}
prepare();
poll();
