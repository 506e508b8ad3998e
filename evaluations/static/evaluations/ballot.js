/* The counter on the ballot. Without it the server counts, and says so in a sentence. */
(function () {
  "use strict";

  var ballot = document.getElementById("ballot");
  if (!ballot) return;
  var most = Number(ballot.getAttribute("data-max"));
  var fewest = Number(ballot.getAttribute("data-min"));
  var kind = ballot.getAttribute("data-kind");
  var shown = document.getElementById("chosen");
  var limit = document.getElementById("ballot-limit");
  var few = document.getElementById("ballot-few");
  var send = ballot.querySelector(".ballot-send");

  /* How many inputs are checked that say anything; a radio without a value leaves the candidate blank. */
  function marked(selector) {
    return [].filter.call(ballot.querySelectorAll(selector), function (input) {
      return input.checked && input.value;
    }).length;
  }

  function said() {
    return marked("input[type=radio], input[type=checkbox]");
  }

  /* What the limit is about: the chosen, those with a circle, or the graded. */
  function counted() {
    return kind === "approve" ? marked("input[value=yes]") : said();
  }

  function tell(tooMany, tooFew) {
    shown.textContent = String(counted());
    limit.hidden = !tooMany;
    few.hidden = !tooFew;
  }

  ballot.addEventListener("change", function (event) {
    var tooMany = counted() > most;
    if (tooMany) takeBack(event.target);
    tell(tooMany, false);
  });

  function takeBack(input) {
    var blank = [].filter.call(ballot.querySelectorAll("input[type=radio]"), function (other) {
      return other.name === input.name && !other.value;
    })[0];
    if (blank) blank.checked = true;
    else input.checked = false;
  }

  ballot.addEventListener("submit", function (event) {
    if (said() < fewest) {
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
