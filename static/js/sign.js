// Asks the person's key for what [data-key-options] names, and sends its answer with that form.
// Its button comes disabled: pressed before this listens, it would send the form without an answer.
// [data-key-at-once] asks as soon as the page is painted, so that whoever pressed "Sign" has only the key to touch.
"use strict";

(() => {
  const form = document.querySelector("form[data-key-options]");
  const trouble = document.getElementById("key-trouble");
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  let asking = new AbortController();

  function say(id) {
    trouble.replaceChildren(document.getElementById(id).content.cloneNode(true));
  }

  function wanted() {
    const options = JSON.parse(form.dataset.keyOptions);
    const allowCredentials = options.allowCredentials.map((key) => ({ ...key, id: bytes(key.id) }));
    return { ...options, challenge: bytes(options.challenge), allowCredentials };
  }

  async function sign(signal) {
    const { rawId, response } = await navigator.credentials.get({ publicKey: wanted(), signal });
    form.elements.assertion.value = JSON.stringify({
      id: text(rawId),
      response: {
        authenticatorData: text(response.authenticatorData),
        clientDataJSON: text(response.clientDataJSON),
        signature: text(response.signature),
      },
    });
    form.submit();
  }

  // One question at a time: browsers refuse a second while the first is open.
  function ask() {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    trouble.replaceChildren();
    sign(signal).catch(() => signal.aborted || say("key-refused"));
  }

  trouble.replaceChildren();
  if (!window.PublicKeyCredential) {
    say("key-none");
    return;
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  form.querySelector("[type=submit]").disabled = false;
  if ("keyAtOnce" in form.dataset) requestAnimationFrame(() => setTimeout(ask));
})();
