// Says in a visible bar when a request of htmx did not do what it should. The words are in base.html.
"use strict";

(() => {
  const bar = () => document.getElementById("net");

  function say(id) {
    bar().replaceChildren(document.getElementById(id).content.cloneNode(true));
    bar().scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("htmx:sendError", () => say("net-no-answer"));
  document.addEventListener("htmx:timeout", () => say("net-no-answer"));

  document.addEventListener("htmx:responseError", (event) => {
    say(event.detail.xhr.status === 401 ? "net-signed-out" : "net-refused");
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) bar().replaceChildren();
  });
})();
