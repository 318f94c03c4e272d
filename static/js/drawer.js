// The drawer: Esc follows its closing link; focus moves to its heading when it opens over htmx, and back when it closes.
"use strict";

(() => {
  let opener = null;

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    document.querySelector(".drawer [data-close]")?.click();
  });

  document.addEventListener("click", ({ target }) => {
    const link = target.closest(".item > a");
    if (link) opener = link.closest(".item").id;
    const menu = document.querySelector(".menu[open]");
    if (menu && !menu.contains(target)) menu.open = false;
  });

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    const drawer = detail.target.closest?.(".drawer") ?? detail.target.querySelector?.(".drawer");
    if (drawer && detail.requestConfig?.verb === "get") drawer.querySelector("h2")?.focus();
    else if (opener && !document.querySelector(".drawer")) document.getElementById(opener)?.querySelector("a")?.focus();
  });
})();
