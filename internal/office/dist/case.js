// The case beside its files: another file, larger, turned, without leaving the
// page; and the panel of acts kept in reach.
(function () {
  "use strict";

  var viewer = document.querySelector("[data-viewer]");
  var files = viewer ? Array.prototype.slice.call(viewer.querySelectorAll("[data-file]")) : [];
  var stage = viewer && viewer.querySelector("[data-stage]");
  var now = 0, zoom = 1, turn = 0;

  function image() { return stage && stage.querySelector("img"); }

  function place() {
    var img = image();
    if (!img) return;
    img.style.width = zoom === 1 ? "" : 100 * zoom + "%";
    img.style.maxHeight = zoom === 1 ? "" : "none";
    img.style.transform = turn ? "rotate(" + turn + "deg)" : "";
  }

  function show(i) {
    if (!files.length) return;
    now = (i + files.length) % files.length;
    var file = files[now], kind = file.dataset.kind, node;
    zoom = 1; turn = 0;
    if (kind === "image") {
      node = document.createElement("img");
      node.src = file.dataset.url;
      node.alt = file.dataset.name;
    } else if (kind === "pdf") {
      node = document.createElement("iframe");
      node.src = file.dataset.url;
      node.title = file.dataset.name;
    } else {
      node = document.createElement("p");
      node.textContent = "这种文件不能在这里显示，请点“新窗口”打开或下载。";
    }
    stage.replaceChildren(node);
    viewer.querySelector("[data-viewer-name]").textContent = file.dataset.name;
    viewer.querySelector("[data-viewer-open]").href = file.dataset.url;
    tools();
  }

  function tools() {
    viewer.querySelectorAll("[data-viewer-do]").forEach(function (b) {
      var which = b.getAttribute("data-viewer-do");
      b.hidden = which === "prev" || which === "next" ? files.length < 2 : !image();
    });
  }

  function act(what) {
    if (what === "prev") show(now - 1);
    if (what === "next") show(now + 1);
    if (what === "in") zoom = Math.min(4, zoom + 0.5);
    if (what === "out") zoom = Math.max(0.5, zoom - 0.5);
    if (what === "turn") turn = (turn + 90) % 360;
    place();
  }

  if (viewer) {
    var open = viewer.querySelector("[data-viewer-open]").getAttribute("href");
    files.forEach(function (f, i) { if (f.dataset.url === open) now = i; });
    viewer.querySelector("[data-viewer-help]").hidden = false;
    tools();
  }

  document.addEventListener("click", function (event) {
    var t = event.target.closest ? event.target.closest("[data-viewer-do], [data-view]") : null;
    if (!t || !viewer || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (t.hasAttribute("data-viewer-do")) { act(t.getAttribute("data-viewer-do")); return; }
    files.forEach(function (f, i) {
      if (f.dataset.file !== t.getAttribute("data-view")) return;
      event.preventDefault();
      show(i);
      viewer.scrollIntoView({ block: "nearest" });
    });
  });

  document.addEventListener("keydown", function (event) {
    var t = event.target;
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing ||
      /^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName) || t.isContentEditable) return;
    var keys = { "[": "prev", "]": "next", "+": "in", "=": "in", "-": "out", r: "turn" };
    if (event.key === "n") {
      var next = document.querySelector("[data-next]");
      if (next) next.click();
    } else if (viewer && keys[event.key]) act(keys[event.key]);
    else return;
    event.preventDefault();
  });

  // The panel stays at the foot of a phone, folded until it is asked for.
  var panel = document.querySelector("[data-panel]");
  if (panel) {
    var narrow = window.matchMedia("(max-width: 1199px)");
    var fold = function () {
      document.body.classList.toggle("has-panel", narrow.matches);
      panel.querySelector("details").open = !narrow.matches;
    };
    narrow.addEventListener("change", fold);
    if (!panel.querySelector("[aria-invalid]")) fold();
  }
})();
