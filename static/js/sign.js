// Asks the person's key for what [data-key-options] names, and sends its answer with that form.
// Its button comes disabled: pressed before this listens, it would send the form without an answer.
"use strict";

(() => {
  const form = document.querySelector("form[data-key-options]");
  const trouble = document.getElementById("key-trouble");
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  function say(id) {
    trouble.replaceChildren(document.getElementById(id).content.cloneNode(true));
  }

  function wanted() {
    const options = JSON.parse(form.dataset.keyOptions);
    const allowCredentials = options.allowCredentials.map((key) => ({ ...key, id: bytes(key.id) }));
    return { ...options, challenge: bytes(options.challenge), allowCredentials };
  }

  async function sign() {
    const { rawId, response } = await navigator.credentials.get({ publicKey: wanted() });
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

  trouble.replaceChildren();
  if (!window.PublicKeyCredential) {
    say("key-none");
    return;
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    trouble.replaceChildren();
    sign().catch(() => say("key-refused"));
  });
  form.querySelector("[type=submit]").disabled = false;
})();
