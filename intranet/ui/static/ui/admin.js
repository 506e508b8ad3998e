/* Names for the three kinds of fields that Wagtail's own scripts leave without one. */
(function () {
  "use strict";

  // The box in which tags are typed is made by a script beside the field that carries the label.
  function nameTags(box) {
    var list = box.closest(".tagit");
    var field = list && list.previousElementSibling;
    var label = field && field.id && document.querySelector('label[for="' + field.id + '"]');
    if (label) box.setAttribute("aria-label", label.firstChild.textContent.trim());
  }

  // The file field of "add several" lies invisibly over a button, which says what it does.
  function nameUpload(field) {
    var button = field.parentElement.querySelector("button");
    if (button) field.setAttribute("aria-label", button.textContent.trim());
  }

  // The text editor is a block without a label of its own: the nearest heading above it says what it is.
  function nameText(editor) {
    for (var around = editor.parentElement; around; around = around.parentElement) {
      var heading = around.querySelector("label, [data-panel-heading-text]");
      if (heading && heading.textContent.trim()) {
        editor.setAttribute("aria-label", heading.textContent.trim());
        return;
      }
    }
  }

  function nameAll() {
    document.querySelectorAll(".tagit-new input:not([aria-label])").forEach(nameTags);
    document.querySelectorAll(".public-DraftEditor-content:not([aria-label])").forEach(nameText);
    document.querySelectorAll(".replace-file-input input[type=file]:not([aria-label])").forEach(nameUpload);
  }

  document.addEventListener("DOMContentLoaded", function () {
    nameAll();
    // Forms in dialogs and rows of uploaded files come later.
    new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
  });
})();
