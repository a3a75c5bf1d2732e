// The inbox by keys, and what was picked. Keys are asked only while nobody is
// typing and no key is held beside them, so that nothing typed is lost.
(function () {
  "use strict";

  var current = -1;

  function rows() { return Array.prototype.slice.call(document.querySelectorAll("[data-desk] tbody tr")); }

  function typing(event) {
    var t = event.target;
    return event.altKey || event.ctrlKey || event.metaKey || event.isComposing ||
      /^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName) && t.type !== "checkbox" || t.isContentEditable;
  }

  function go(to) {
    var list = rows();
    if (!list.length) return;
    current = Math.max(0, Math.min(list.length - 1, to));
    list.forEach(function (r, i) { r.classList.toggle("is-current", i === current); });
    var link = list[current].querySelector("[data-open]");
    if (link) link.focus({ preventScroll: true });
    list[current].scrollIntoView({ block: "nearest" });
  }

  function pick() {
    var list = rows();
    var box = list[current] && list[current].querySelector("input[name=task]");
    if (!box) return;
    box.checked = !box.checked;
    count();
  }

  function batch(key) {
    var button = document.querySelector('[data-batch="' + key + '"]');
    var picked = document.querySelector("input[name=task]:checked, input[name=all]:checked");
    if (button && picked) button.click();
  }

  document.addEventListener("keydown", function (event) {
    if (typing(event) || !document.querySelector("[data-desk]")) return;
    switch (event.key) {
      case "j": go(current + 1); break;
      case "k": go(current - 1); break;
      case "x": pick(); break;
      case "o": if (rows()[current]) rows()[current].querySelector("[data-open]").click(); break;
      case "e": case "c": batch(event.key); break;
      default: return;
    }
    event.preventDefault();
  });

  // A click on a row makes it the current one, so that keys go on from there.
  document.addEventListener("click", function (event) {
    var row = event.target.closest ? event.target.closest("[data-desk] tbody tr") : null;
    if (row) current = rows().indexOf(row);
  });

  function count() {
    var note = document.querySelector("[data-picked]");
    if (!note) return;
    var n = document.querySelectorAll("input[name=task]:checked").length;
    var all = document.querySelector("input[name=all]");
    note.textContent = all && all.checked ? "已选当前筛选的全部" : n ? "已选" + n + "件" : "选中后一起办理：";
    var bar = note.closest(".of-bar");
    if (bar) bar.classList.toggle("is-picked", n > 0 || !!(all && all.checked));
  }

  document.addEventListener("change", function (event) {
    if (event.target.name === "task" || event.target.name === "all" || event.target.hasAttribute("data-check-all")) window.setTimeout(count, 0);
  });
  window.addEventListener("pageshow", count);
})();
