/* The QR code's part behind the # is known to this page only: put it into the form, and out of the address bar. */
(function () {
  "use strict";

  var form = document.querySelector("form[data-slip]");
  var parts = window.location.hash.slice(1).split("/");
  if (!form || parts.length !== 2) return;
  var values = { username: parts[0], code: parts[1] };
  Object.keys(values).forEach(function (name) {
    try {
      form.elements[name].value = decodeURIComponent(values[name]).slice(0, 150);
    } catch (error) {
      form.elements[name].value = "";
    }
  });
  window.history.replaceState(null, "", window.location.pathname);
})();
