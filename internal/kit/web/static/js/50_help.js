// Help beside the page: the "?" of the header is a link that htmx turns into a
// panel; here it is closed again, the key ? opens the list of shortcuts, and
// that list is told what this page offers.
(function () {
  "use strict";

  var panel = document.getElementById("ym-help");
  if (!panel) return;
  var before = null;

  function close() {
    panel.textContent = "";
    if (before && document.contains(before)) before.focus();
    before = null;
  }

  document.addEventListener("click", function (event) {
    if (!event.target.closest || !event.target.closest("[data-help-close]")) return;
    event.preventDefault();
    close();
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && panel.firstChild && !document.querySelector("dialog[open]")) close();
    if (event.key !== "?" || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest && event.target.closest("input, textarea, select, [contenteditable]")) return;
    var keys = document.getElementById("ym-keys");
    if (!keys) return;
    event.preventDefault();
    before = document.activeElement;
    keys.click();
  });

  function labelOf(el) {
    var field = el.id && document.querySelector('label[for="' + CSS.escape(el.id) + '"]');
    var named = (field || el).cloneNode(true);
    named.querySelectorAll(".ym-required, .ym-optional").forEach(function (mark) { mark.remove(); });
    return (el.getAttribute("aria-label") || named.textContent || "").replace(/\s+/g, " ").trim();
  }

  // The page's own keys, from its buttons and fields.
  function fill(section) {
    var list = section.querySelector("dl");
    document.querySelectorAll("[data-key]").forEach(function (el) {
      if (panel.contains(el) || !el.getClientRects().length) return;
      var row = document.createElement("div"), key = document.createElement("dt"), what = document.createElement("dd"), cap = document.createElement("kbd");
      cap.textContent = "Alt+" + el.getAttribute("data-key").toUpperCase();
      what.textContent = labelOf(el);
      key.append(cap);
      row.append(key, what);
      list.append(row);
    });
    section.hidden = !list.firstChild;
  }

  // The event tells who asked, not what was filled: look at the panel itself.
  document.addEventListener("htmx:after:swap", function () {
    var head = panel.querySelector("h2[data-focus]");
    if (!head) return;
    head.removeAttribute("data-focus"); // once for each opening
    var section = panel.querySelector("[data-keys-here][hidden]");
    if (section) fill(section);
    if (!before) before = document.querySelector(".ym-help-link");
    head.focus();
  });
})();
