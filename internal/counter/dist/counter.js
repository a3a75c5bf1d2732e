// The desk by keys. Everything here makes pages smoother that work without it.
(function () {
  "use strict";

  // Suggestions: the arrow keys go from the field into what was found and back.
  function hits() {
    return Array.prototype.slice.call(document.querySelectorAll("#found button, #found a[href]"));
  }

  document.addEventListener("keydown", function (event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    var here = document.activeElement;
    var field = document.querySelector("[data-hits]");
    var list = hits();
    if (!field || !list.length) return;
    var at = list.indexOf(here);
    if (here !== field && at < 0) return;
    event.preventDefault();
    at += event.key === "ArrowDown" ? 1 : -1;
    if (at < 0) field.focus();
    else list[Math.min(at, list.length - 1)].focus();
  });

  // Enter before the list has come: wait for it, so that Enter takes what the
  // clerk is about to see and not what the last letters found.
  var pending = false, wanted = null;
  document.addEventListener("input", function (event) {
    if (event.target.hasAttribute && event.target.hasAttribute("data-hits")) pending = true;
  });
  document.addEventListener("htmx:after:swap", function () {
    var found = document.getElementById("found"), field = document.querySelector("[data-hits]");
    if (found && field && found.hasAttribute("data-for") && found.getAttribute("data-for") !== field.value.trim()) return; // of letters before
    pending = false;
    if (wanted) {
      var form = wanted;
      wanted = null;
      form.requestSubmit();
    }
  });
  window.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-first") || !pending || event.submitter && event.submitter.name === "pick") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    wanted = form;
    window.setTimeout(function () { // the list does not come: send what was typed
      if (!wanted) return;
      pending = false;
      wanted = null;
      form.requestSubmit();
    }, 3000);
  }, true);

  // Holding Alt shows the letters on the buttons.
  function hint(on) { document.documentElement.classList.toggle("ct-hints", on); }
  document.addEventListener("keydown", function (event) { if (event.key === "Alt") hint(true); });
  document.addEventListener("keyup", function (event) { if (event.key === "Alt") hint(false); });
  window.addEventListener("blur", function () { hint(false); });

  // A form that htmx put into a case's card takes the focus.
  document.addEventListener("htmx:after:swap", function (event) {
    var slot = event.target && event.target.closest ? event.target.closest(".ct-slot") : null;
    if (!slot) return;
    var first = slot.querySelector("[autofocus]") || slot.querySelector("input:not([type=hidden]), select, textarea, button");
    if (first) first.focus();
  });
  document.addEventListener("keydown", function (event) {
    var slot = document.activeElement.closest ? document.activeElement.closest(".ct-slot") : null;
    if (event.key === "Escape" && slot) {
      var opener = slot.closest("article").querySelector(".ct-acts a, .ct-acts button, .ct-acts summary");
      slot.textContent = "";
      if (opener) opener.focus();
    }
  });

  // A card laid on the reader opens its person, wherever the desk is looked at.
  var reader = document.querySelector("[data-reader]");
  if (reader) window.setInterval(function () {
    if (document.hidden) return;
    fetch(reader.getAttribute("data-reader")).then(function (r) {
      return r.status === 200 && !r.redirected ? r.text() : "";
    }).then(function (to) {
      if (to) window.location.href = to;
    }, function () { /* the line is down: asked again in two seconds */ });
  }, 2000);

  // QR codes and barcodes by camera, where the browser has a detector.
  var scan = document.querySelector("[data-scan]");
  if (scan && "BarcodeDetector" in window && navigator.mediaDevices) {
    scan.hidden = false;
    scan.addEventListener("click", function () { read(document.getElementById(scan.getAttribute("data-scan"))); });
  }

  function read(form) {
    var dialog = document.createElement("dialog");
    dialog.className = "in-camera";
    var video = document.createElement("video"), note = document.createElement("p"), close = document.createElement("button");
    note.setAttribute("role", "status");
    note.textContent = "把二维码对准画面。";
    close.type = "button";
    close.className = "btn";
    close.textContent = "取消";
    dialog.append(video, note, close);
    document.body.append(dialog);
    dialog.showModal();
    var detector = new window.BarcodeDetector(), stream = null, open = true;
    function end() {
      open = false;
      if (stream) stream.getTracks().forEach(function (t) { t.stop(); });
      dialog.remove();
    }
    close.addEventListener("click", end);
    dialog.addEventListener("cancel", end);
    navigator.mediaDevices.getUserMedia({video: {facingMode: "environment"}}).then(function (s) {
      stream = s;
      video.srcObject = s;
      return video.play();
    }).then(function look() {
      if (!open) return;
      detector.detect(video).then(function (codes) {
        if (!open) return;
        if (codes.length) {
          form.elements.q.value = codes[0].rawValue;
          end();
          form.requestSubmit();
        } else {
          window.setTimeout(look, 200);
        }
      }, function () { window.setTimeout(look, 500); });
    }, function () { note.textContent = "打不开摄像头，请允许本网站使用摄像头，或直接输入编号。"; });
  }
})();
