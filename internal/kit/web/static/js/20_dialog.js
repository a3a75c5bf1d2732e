// Windows over the page, and messages in its corner. Without this file a
// dialog's button leads to a page, or shows the dialog by its address.
(function () {
  "use strict";

  document.addEventListener("click", function (event) {
    if (!event.target.closest) return;
    var opener = event.target.closest("[data-dialog]");
    if (opener) open(event, opener);
    var closer = event.target.closest("[data-dialog-close]");
    if (closer) close(event, closer);
    var toast = event.target.closest("[data-toast-close]");
    if (toast) toast.closest("[data-toast]").remove();
  });

  function open(event, opener) {
    var dialog = document.getElementById(opener.getAttribute("data-dialog"));
    if (!dialog || !dialog.showModal || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    dialog.showModal();
  }

  function close(event, closer) {
    var dialog = closer.closest("dialog");
    if (!dialog || !dialog.open) return;
    event.preventDefault();
    dialog.close();
  }

  // Good news leaves by itself; what went wrong stays until it is closed.
  function watch(toast) {
    if (toast.hasAttribute("data-seen")) return;
    toast.setAttribute("data-seen", "");
    if (toast.matches(".is-danger, .is-warning")) return;
    window.setTimeout(function () { toast.remove(); }, 8000);
  }

  var corner = document.getElementById("ym-toasts");
  if (corner && window.MutationObserver) {
    new MutationObserver(function () { corner.querySelectorAll("[data-toast]").forEach(watch); }).observe(corner, { childList: true, subtree: true });
  }
})();
