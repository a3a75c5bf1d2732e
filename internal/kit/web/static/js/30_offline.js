// When the line is gone: say so while something is being filled in, keep forms
// from being lost into a browser's error page, and install the worker that
// shows our own page (see sw.js).
(function () {
  "use strict";

  var banner = null;

  function say() {
    if (banner) return;
    var writing = document.querySelector("form[method=post] input:not([type=hidden]), form[method=post] textarea, form[method=post] select");
    banner = document.createElement("div");
    banner.className = "ym-offline";
    banner.setAttribute("role", "alert");
    banner.textContent = writing ? "网络断开，您填写的内容还在，请不要关闭页面。" : "网络断开，恢复后会自动消失。急事请拨打12345。";
    document.body.append(banner);
  }

  function clear() {
    if (banner) banner.remove();
    banner = null;
  }

  window.addEventListener("offline", say);
  window.addEventListener("online", clear);
  if (navigator.onLine === false) say();

  document.addEventListener("submit", function (event) {
    if (navigator.onLine !== false) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say();
  }, true);

  // The offline page stands at the address that was asked for: ask again.
  var retry = document.querySelector("[data-retry]");
  if (retry) {
    retry.addEventListener("click", function (event) {
      if (window.location.pathname === "/offline") return;
      event.preventDefault();
      window.location.reload();
    });
  }

  if ("serviceWorker" in navigator && window.isSecureContext) {
    window.addEventListener("load", function () {
      navigator.serviceWorker.register("/sw.js").catch(function () { /* private windows refuse it: the page works without */ });
    });
  }
})();
