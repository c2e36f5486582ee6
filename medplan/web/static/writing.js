"use strict";
// Fetches the page that the form's own button would show, and puts its live parts in place. Fields
// themselves are replaced only where a choice changes which fields there are.

const form = document.querySelector("form[data-live]");
let waiting = 0;
let latest = 0;
let changed = false;

async function refresh(reshapes) {
  const turn = ++latest;
  const sent = new FormData(form);
  sent.set("show", "1");
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body: sent, credentials: "same-origin" });
  } catch {
    return; // without a connection the page stays as it is; Save will say so
  }
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (turn !== latest) return;
  if (reshapes) replaceAll("[data-part=shape]", page);
  replaceAll("[data-part=live]", page);
}

function replaceAll(selector, page) {
  const focused = document.activeElement && document.activeElement.id;
  for (const part of document.querySelectorAll(selector)) {
    const fresh = page.getElementById(part.id);
    if (fresh) part.replaceWith(document.adoptNode(fresh));
  }
  const again = focused && document.getElementById(focused);
  if (again && again !== document.activeElement) again.focus();
}

form.addEventListener("input", (event) => {
  changed = true;
  clearTimeout(waiting);
  const reshapes = "reshapes" in event.target.dataset;
  waiting = setTimeout(refresh, reshapes ? 0 : 250, reshapes);
});
form.addEventListener("submit", () => { changed = false; });
addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
