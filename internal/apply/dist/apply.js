// The application form: fields that do not apply are folded away, and their
// inputs switched off. Without this script they are all shown, each with a
// line that says when to fill it in; the server decides in either case.
(function () {
  "use strict";

  function values(name) {
    var found = [];
    document.getElementsByName(name).forEach(function (input) {
      if (input.disabled) return;
      if (input.type === "radio" || input.type === "checkbox") {
        if (input.checked) found.push(input.value);
        else if (input.type === "checkbox" && input.value === "true") found.push("false");
      } else if (input.value !== "") {
        found.push(input.value);
      }
    });
    return found;
  }

  function holds(when) {
    return when.split(";").every(function (part) {
      var at = part.indexOf("=");
      var wanted = part.slice(at + 1).split("|");
      return values(part.slice(0, at)).some(function (v) { return wanted.indexOf(v) >= 0; });
    });
  }

  function fold() {
    document.querySelectorAll("[data-when]").forEach(function (box) {
      var on = holds(box.getAttribute("data-when"));
      box.hidden = !on;
      box.querySelectorAll("input, select, textarea").forEach(function (input) { input.disabled = !on; });
    });
  }

  document.querySelectorAll("[data-when-note]").forEach(function (note) { note.hidden = true; });
  document.addEventListener("change", fold);
  fold();
  fold(); // a field that depends on one folded away just now
})();
