// A phrase that is chosen goes into the opinion, where it can be changed.
// Without this script the phrase is taken by the server when no opinion was
// written.
(function () {
  "use strict";

  document.addEventListener("change", function (event) {
    var select = event.target;
    var name = select.getAttribute && select.getAttribute("data-phrase");
    if (!name || !select.form || select.value === "") return;
    var field = select.form.elements[name];
    var text = select.options[select.selectedIndex].text;
    field.value = field.value ? field.value + text : text;
    select.value = "";
    field.focus();
  });
})();
