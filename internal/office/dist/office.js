// A phrase goes into the opinion, where it can be changed: by choosing it, or
// by Alt and its number while the opinion has the focus. Without this script
// the phrase is taken by the server when no opinion was written.
(function () {
  "use strict";

  function put(select, text) {
    var field = select.form.elements[select.getAttribute("data-phrase")];
    if (!field || !text) return;
    field.value = field.value && field.value.slice(-text.length) !== text ? field.value + text : text;
    select.value = "";
    field.focus();
  }

  document.addEventListener("change", function (event) {
    var select = event.target;
    if (select.getAttribute && select.getAttribute("data-phrase") && select.form && select.value !== "") put(select, select.value);
  });

  document.addEventListener("keydown", function (event) {
    var field = event.target;
    if (!event.altKey || event.ctrlKey || !/^[1-9]$/.test(event.key) || field.name !== "opinion" || !field.form) return;
    var select = field.form.querySelector("[data-phrase]");
    var option = select && select.options[Number(event.key)];
    if (!option) return;
    event.preventDefault();
    put(select, option.value);
  });

  // Each phrase with its number, for those who learn the keys.
  document.querySelectorAll("[data-phrase]").forEach(function (select) {
    Array.prototype.forEach.call(select.options, function (o, i) {
      if (i > 0 && i < 10) o.text = i + " " + o.text;
    });
    var help = document.getElementById(select.id + "-help");
    if (help) help.textContent = "选中即填入意见；写意见时按 Alt 加数字也可以。";
  });
})();
