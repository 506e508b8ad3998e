/* Small comforts; everything works without them. */
(function () {
  "use strict";

  function openDialog(opener, event) {
    var dialog = document.getElementById(opener.getAttribute("data-dialog"));
    if (!dialog || typeof dialog.showModal !== "function") return;
    event.preventDefault();
    dialog.showModal();
  }

  function say(button, word) {
    var place = button.parentNode.querySelector("[role=status]");
    if (place) place.textContent = word;
  }

  function copy(button) {
    var source = document.getElementById(button.getAttribute("data-copy"));
    if (!source) return;
    var text = "value" in source ? source.value : source.textContent;
    var done = function () { say(button, button.getAttribute("data-copied")); };
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(done, function () { bySelection(source, done); });
    } else {
      bySelection(source, done);
    }
  }

  /* The hall's own network often has no https, and then there is no clipboard object. */
  function bySelection(source, done) {
    if (typeof source.select === "function") {
      source.select();
    } else {
      var range = document.createRange();
      range.selectNodeContents(source);
      var selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
    }
    if (document.execCommand("copy")) done();
  }

  document.addEventListener("click", function (event) {
    var target = event.target.closest("[data-dialog],[data-close],[data-copy],[data-print]");
    if (!target) {
      closeDrops(event.target);
      return;
    }
    if (target.hasAttribute("data-dialog")) openDialog(target, event);
    if (target.hasAttribute("data-close")) closeDialog(target, event);
    if (target.hasAttribute("data-copy")) copy(target);
    if (target.hasAttribute("data-print")) window.print();
  });

  function closeDialog(target, event) {
    var dialog = target.closest("dialog");
    if (dialog && dialog.open) {
      event.preventDefault();
      dialog.close();
    }
  }

  function closeDrops(except) {
    document.querySelectorAll("details.drop[open]").forEach(function (drop) {
      if (!drop.contains(except)) drop.removeAttribute("open");
    });
  }

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.drop[open]").forEach(function (drop) {
      drop.removeAttribute("open");
      if (drop.contains(document.activeElement)) drop.querySelector("summary").focus();
    });
  });

  function wake() {
    document.querySelectorAll("[data-copy][hidden],[data-print][hidden]").forEach(function (button) {
      button.hidden = false;
    });
    var summary = document.querySelector(".error-summary");
    if (summary) readFirst(summary);
  }

  /* A form sent after the skip link comes back under an address with a fragment, and once all is loaded the browser
     goes there: what is wrong with the form is read before that. */
  function readFirst(summary) {
    summary.focus();
    if (document.readyState === "complete" || !window.location.hash) return;
    window.addEventListener("load", function () { summary.focus(); });
  }

  wake();
  document.addEventListener("htmx:after:swap", wake);
})();
