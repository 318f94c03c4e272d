// Files dropped on a [data-drop] form go into its fields: by their names' endings, which is a convenience and proves nothing.
"use strict";

(() => {
  const FIELDS = { zip: "bundle", pdf: "bundle", json: "trust", txt: "checkpoint" };
  const form = document.querySelector("form[data-drop]");
  const said = form.querySelector("[data-drop-said]");
  const fieldFor = (file) => form.elements[FIELDS[file.name.split(".").pop().toLowerCase()]];

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
