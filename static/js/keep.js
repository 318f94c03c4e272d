// Keeps what is being typed in [data-keep="name"] in this tab until it was saved, and puts it back after a reload.
"use strict";

(() => {
  const PREFIX = "keep:";
  const key = (field) => PREFIX + field.dataset.keep;
  const read = (name) => JSON.parse(sessionStorage.getItem(name));
  const write = (name, kept) => sessionStorage.setItem(name, JSON.stringify(kept));
  const fieldsOf = (root) => [
    ...(root.matches("[data-keep]") ? [root] : []),
    ...root.querySelectorAll("[data-keep]"),
  ];
  const names = () => Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));

  function restore(field) {
    const kept = read(key(field));
    if (!kept || kept.sent || kept.text === field.value) return;
    if (document.activeElement === field) return;
    field.value = kept.text;
    field.after(document.getElementById("keep-restored").content.cloneNode(true));
  }

  // A plain form that was sent counts as saved when its answer is a page, unless that page says otherwise.
  function settle() {
    const arrived = performance.getEntriesByType("navigation")[0]?.type === "navigate";
    const bounced = document.body.hasAttribute("data-bounce");
    for (const name of names()) {
      const kept = read(name);
      if (!kept.sent) continue;
      if (arrived && !bounced) sessionStorage.removeItem(name);
      else write(name, { text: kept.text });
    }
  }

  document.addEventListener("input", ({ target }) => {
    if (target.dataset.keep) write(key(target), { text: target.value });
  });

  document.addEventListener("submit", ({ target, defaultPrevented }) => {
    if (target.hasAttribute("data-forget")) names().forEach((name) => sessionStorage.removeItem(name));
    if (defaultPrevented) return;
    fieldsOf(target)
      .filter((field) => sessionStorage.getItem(key(field)))
      .forEach((field) => write(key(field), { text: field.value, sent: true }));
  });

  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.requestConfig?.verb === "get" || !detail.xhr || detail.xhr.status >= 400 || detail.xhr.status === 0) return;
    for (const field of fieldsOf(detail.elt)) {
      sessionStorage.removeItem(key(field));
      if (field.nextElementSibling?.matches(".kept")) field.nextElementSibling.remove();
    }
  });

  document.addEventListener("htmx:load", ({ target }) => fieldsOf(target).forEach(restore));
  settle();
  fieldsOf(document.body).forEach(restore);
})();
