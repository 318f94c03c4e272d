// The section page: each status button sends itself, so that quick clicks on several rows all arrive; focus stays in the row.
"use strict";

(() => {
  let pressed = "";

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".items button[name='set']");
    if (!button || !window.htmx) return;
    event.preventDefault();
    pressed = button.value;
    window.htmx.ajax("POST", button.form.getAttribute("action"), { source: button, swap: "none" });
  });

  // A row that was swapped has lost the focus with its button.
  document.addEventListener("htmx:oobAfterSwap", ({ detail }) => {
    const row = document.getElementById(detail.target.id);
    const [token, , wanted] = pressed.split(":");
    if (!row || row.id !== `i-${token}`) return;
    (row.querySelector(".choices button, .notice a") ?? row.querySelector(`.set button[value$=":${wanted}"]`))?.focus();
  });

  // N/A was chosen in the list: its reason is asked for in the drawer.
  document.addEventListener("drawer-opened", () => document.querySelector("#na-reason textarea")?.focus());

  // The row whose drawer is open is marked.
  document.addEventListener("htmx:afterSettle", () => {
    const open = document.getElementById("drawer")?.dataset.row;
    for (const row of document.querySelectorAll(".item[aria-current]")) row.removeAttribute("aria-current");
    if (open) document.getElementById(open)?.setAttribute("aria-current", "true");
  });
})();
