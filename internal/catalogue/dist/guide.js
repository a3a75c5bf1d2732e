// Ticks on the checklist of a guide stay for this visit, on this device only.
(function () {
  "use strict";
  function key(list) { return "yimen-ticks-" + list.dataset.ticks; }
  function read(list) {
    try { return JSON.parse(sessionStorage.getItem(key(list))) || {}; } catch (e) { return {}; }
  }
  function restore() {
    document.querySelectorAll("[data-ticks]").forEach(function (list) {
      var ticked = read(list);
      list.querySelectorAll("[data-tick]").forEach(function (box) { box.checked = Boolean(ticked[box.dataset.tick]); });
    });
  }
  document.addEventListener("change", function (e) {
    var box = e.target.closest("[data-tick]");
    if (!box) { return; }
    e.stopPropagation();
    var list = box.closest("[data-ticks]"), ticked = read(list);
    ticked[box.dataset.tick] = box.checked;
    try { sessionStorage.setItem(key(list), JSON.stringify(ticked)); } catch (err) { /* nowhere to keep it */ }
  });
  document.addEventListener("htmx:after:swap", restore);
  restore();
})();
