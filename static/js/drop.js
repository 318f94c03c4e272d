// Files dropped on a [data-drop] form go into the fields that accept their names' endings: a convenience that proves nothing.
"use strict";

(() => {
  const form = document.querySelector("form[data-drop]");
  const said = form.querySelector("[data-drop-said]");
  const fields = [...form.querySelectorAll("input[type=file]")];
  const ending = (file) => `.${file.name.split(".").pop().toLowerCase()}`;
  const fieldFor = (file) => fields.find((field) => field.accept.split(",").includes(ending(file)));

  function put(file) {
    const held = new DataTransfer();
    held.items.add(file);
    fieldFor(file).files = held.files;
  }

  function say(name, files) {
    const sentence = form.querySelector(`[data-drop-${name}]`).content.textContent;
    said.textContent = [sentence, files.map((file) => file.name).join(", ")].join(" ").trim();
  }

  function take(files) {
    const known = files.filter(fieldFor);
    known.forEach(put);
    if (!known.length) return say("refused", []);
    form.querySelector("[type=submit]").focus();
    return say("taken", known);
  }

  form.querySelector(".drop-here").hidden = false;
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("is-over");
  });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("is-over");
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("is-over");
    take([...event.dataTransfer.files]);
  });
})();
