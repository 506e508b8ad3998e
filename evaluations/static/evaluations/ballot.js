/* The counter on the ballot. Without it the server counts, and says so in a sentence. */
(function () {
  "use strict";

  var ballot = document.getElementById("ballot");
  if (!ballot) return;
  var most = Number(ballot.getAttribute("data-max"));
  var fewest = Number(ballot.getAttribute("data-min"));
  var shown = document.getElementById("chosen");
  var limit = document.getElementById("ballot-limit");
  var few = document.getElementById("ballot-few");
  var send = ballot.querySelector(".ballot-send");

  function chosen() {
    return ballot.querySelectorAll("input[name=choice]:checked").length;
  }

  function tell(tooMany, tooFew) {
    shown.textContent = String(chosen());
    limit.hidden = !tooMany;
    few.hidden = !tooFew;
  }

  ballot.addEventListener("change", function (event) {
    var tooMany = chosen() > most;
    if (tooMany) event.target.checked = false;
    tell(tooMany, false);
  });

  ballot.addEventListener("submit", function (event) {
    if (chosen() < fewest) {
      event.preventDefault();
      tell(false, true);
      return;
    }
    send.disabled = true;
  });

  /* Coming back with the browser's own button must not find a dead one, nor a wrong number. */
  window.addEventListener("pageshow", function () {
    send.disabled = false;
    tell(false, false);
  });
})();
