/* The voting terminal: a minute without a sign of life and the start page is back; no step backwards stays.
   Without it the server ends the session after the same minute. */
(function () {
  "use strict";

  var start = document.body.getAttribute("data-start");
  var stay = document.body.getAttribute("data-stay");
  var PATIENCE = 60000;
  var TOLD_EVERY = 15000;
  var told = Date.now();
  var timer = null;

  function leave() {
    window.location.replace(start);
  }

  function wait() {
    window.clearTimeout(timer);
    timer = window.setTimeout(leave, PATIENCE);
  }

  function alive() {
    wait();
    if (Date.now() - told < TOLD_EVERY) return;
    told = Date.now();
    // Not signed in any more: the answer is the start page instead of nothing.
    window.fetch(stay, { credentials: "same-origin", cache: "no-store" }).then(function (answer) {
      if (answer.status !== 204) leave();
    }, function () { /* The next sign of life tries again; the minute runs. */ });
  }

  window.addEventListener("pageshow", function (event) {
    if (event.persisted) window.location.reload();
  });
  if (!stay) return;
  wait();
  ["pointerdown", "keydown", "scroll", "change"].forEach(function (kind) {
    window.addEventListener(kind, alive, { passive: true });
  });
  var done = document.getElementById("terminal-done");
  if (done) {
    done.addEventListener("click", function (event) {
      event.preventDefault();
      leave();
    });
  }
})();
