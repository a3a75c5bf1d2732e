// Small comforts on top of pages that work without them. Everything is bound
// by attribute and delegated from the document, so fragments that htmx swaps
// in need no setup. See the package comment of web/ui for the attributes.
(function () {
  "use strict";

  var sent = new WeakSet();

  function closest(event, selector) {
    return event.target.closest ? event.target.closest(selector) : null;
  }

  // Ask before something that cannot be undone. The native dialog is modal,
  // speaks the reader's language and is known to screen readers.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    var asker = event.submitter && event.submitter.hasAttribute("data-confirm") ? event.submitter : form;
    var question = asker.getAttribute("data-confirm");
    if (question && !window.confirm(question)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    guard(event, form);
  }, true);

  // A form is sent once. It may be sent again when the page comes back from
  // the history, or after half a minute without an answer.
  function guard(event, form) {
    if (form.method !== "post" || form.hasAttribute("data-repeat")) return;
    if (sent.has(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    sent.add(form);
    var button = event.submitter;
    if (button) {
      button.setAttribute("aria-disabled", "true");
      button.setAttribute("aria-busy", "true");
    }
    window.setTimeout(function () { release(form); }, 30000);
  }

  function release(form) {
    sent.delete(form);
    form.querySelectorAll("[aria-disabled=true]").forEach(function (b) {
      b.removeAttribute("aria-disabled");
      b.removeAttribute("aria-busy");
    });
  }

  window.addEventListener("pageshow", function () { document.querySelectorAll("form").forEach(release); });
  document.addEventListener("htmx:after:request", function (event) {
    if (event.target.tagName === "FORM") release(event.target);
  });

  document.addEventListener("click", function (event) {
    if (closest(event, "[data-print]")) window.print();
    var copy = closest(event, "[data-copy]");
    if (copy) copyText(copy);
    document.querySelectorAll("details.ym-user[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  function copyText(button) {
    navigator.clipboard.writeText(button.getAttribute("data-copy")).then(function () {
      var label = button.textContent;
      button.textContent = "已复制";
      window.setTimeout(function () { button.textContent = label; }, 2000);
    });
  }

  document.addEventListener("change", function (event) {
    var field = event.target;
    if (field.hasAttribute("data-autosubmit") && field.form) field.form.requestSubmit();
    if (field.hasAttribute("data-check-all")) checkAll(field);
    if (field.type === "file") listFiles(field);
  });

  function checkAll(box) {
    var name = box.getAttribute("data-check-all");
    document.querySelectorAll("input[type=checkbox]").forEach(function (b) {
      if (b.name === name && !b.disabled) b.checked = box.checked;
    });
  }

  // Say what was chosen and how large it is, before it is sent.
  function listFiles(field) {
    var list = field.parentNode.querySelector(".ym-files");
    if (!list) {
      list = document.createElement("ul");
      list.className = "ym-files";
      list.setAttribute("role", "status");
      field.after(list);
    }
    list.textContent = "";
    Array.prototype.forEach.call(field.files, function (file) {
      var item = document.createElement("li");
      var kb = Math.max(1, Math.round(file.size / 1024));
      item.textContent = file.name + "（" + (kb < 1024 ? kb + " KB" : (kb / 1024).toFixed(1) + " MB") + "）";
      list.append(item);
    });
  }

  // Alt and a letter: press the button or link, go to the field.
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      document.querySelectorAll("details.ym-user[open]").forEach(function (menu) { menu.open = false; });
    }
    if (!event.altKey || event.ctrlKey || event.metaKey || event.key.length !== 1) return;
    var target = document.querySelector('[data-key="' + CSS.escape(event.key.toLowerCase()) + '"]');
    if (!target || target.disabled) return;
    event.preventDefault();
    if (/^(A|BUTTON|SUMMARY)$/.test(target.tagName)) target.click();
    else target.focus();
  });

  function dress(root) {
    root.querySelectorAll("[data-key]").forEach(function (el) {
      var key = el.getAttribute("data-key");
      el.setAttribute("data-key-label", "Alt+" + key.toUpperCase());
      el.setAttribute("aria-keyshortcuts", "Alt+" + key.toUpperCase());
    });
    if (navigator.clipboard) root.querySelectorAll("[data-copy]").forEach(function (el) { el.hidden = false; });
    var summary = root.querySelector("[data-focus]");
    if (summary) summary.focus();
  }

  dress(document);
  document.addEventListener("htmx:after:swap", function (event) { dress(event.target.querySelectorAll ? event.target : document); });

  var board = document.querySelector("[data-reload]");
  if (board) {
    window.setTimeout(function () { window.location.reload(); }, 1000 * Math.max(5, Number(board.getAttribute("data-reload")) || 60));
  }
})();
