// The application on one page: kept as one types, and filled by keys alone.
// Without this script the page is one form with one button.
(function () {
  "use strict";

  var sheet = document.getElementById("in-sheet");
  if (!sheet) return;
  var saving = null, again = false, timer = 0, tries = 0, dirty = false, sent = false, force = false, stopped = false;

  // ---- keeping --------------------------------------------------------------

  function state(text, bad) {
    var line = sheet.querySelector("[data-state]");
    if (!line) return;
    line.textContent = text;
    line.classList.toggle("is-bad", !!bad);
  }

  function later(ms) {
    dirty = true;
    sheet.setAttribute("data-busy", "");
    window.clearTimeout(timer);
    timer = window.setTimeout(save, ms);
  }

  function save() {
    if (sent || stopped && !force) return;
    if (saving) { again = true; return; }
    var body = new URLSearchParams(new FormData(sheet));
    body.delete("idempotency_key");
    if (force) body.set("force", "1");
    again = false;
    dirty = false;
    state("正在保存…");
    saving = new AbortController();
    fetch(sheet.getAttribute("data-sheet"), {method: "POST", body: body, signal: saving.signal, headers: {"HX-Request": "true"}}).then(function (r) {
      if (r.status === 409) throw {elsewhere: true};
      if (r.redirected || r.status === 401) throw {login: true};
      if (r.status === 404) throw {gone: true};
      if (!r.ok) throw {status: r.status};
      return r.text();
    }).then(function (html) {
      tries = 0;
      force = stopped = false;
      if (!again && !dirty) swap(html);
      else keepSeen(html);
      state("已保存 " + new Date().toLocaleTimeString("zh-CN", {hour: "2-digit", minute: "2-digit"}));
    }).catch(refused).finally(function () {
      saving = null;
      if (again) save();
      else if (!dirty) sheet.removeAttribute("data-busy");
    });
  }

  function refused(e) {
    if (sent || e.name === "AbortError") return;
    dirty = true;
    stopped = !!(e.elsewhere || e.gone);
    if (e.elsewhere) return elsewhere();
    if (e.gone) return state("这份收件已经提交或删除，本页不能再保存。", true);
    if (e.login) return state("登录已过期。请在新标签页重新登录，再回到这里按 Alt+S；已填的内容还在本页。", true);
    tries++;
    state("网络不通，内容还在本页，正在重试（第 " + tries + " 次）…", true);
    window.clearTimeout(timer);
    timer = window.setTimeout(save, Math.min(30000, 1000 * Math.pow(2, tries)));
  }

  function elsewhere() {
    state("这份收件在另一个页面上改过了。", true);
    var line = sheet.querySelector("[data-state]");
    var keep = button("以本页为准", function () { force = true; save(); });
    var other = button("看另一页的内容", function () { sent = true; window.location.reload(); });
    line.append(" ", keep, " ", other);
  }

  function button(label, act) {
    var b = document.createElement("button");
    b.type = "button";
    b.className = "btn btn-sm";
    b.textContent = label;
    b.addEventListener("click", act);
    return b;
  }

  function parsed(html) {
    var t = document.createElement("template");
    t.innerHTML = html;
    return t.content;
  }

  // The mark of what is stored moves on even while more is being typed.
  function keepSeen(html) {
    var seen = parsed(html).querySelector("[name=seen]"), mine = sheet.querySelector("[name=seen]");
    if (seen && mine) mine.value = seen.value;
  }

  // Each part of the answer takes the place of the one of the same id; focus,
  // selection and scrolling stay.
  function swap(html) {
    var here = document.activeElement, id = here && here.id, name = here && here.name, value = here && here.value;
    var from = null, to = null, at = here && here.getAttribute("data-at");
    try { from = here.selectionStart; to = here.selectionEnd; } catch (e) { from = null; }
    Array.prototype.slice.call(parsed(html).children).forEach(function (part) {
      var old = part.id && document.getElementById(part.id);
      if (!old) return;
      old.replaceWith(part);
      dress(part);
    });
    sheet.dispatchEvent(new Event("change", {bubbles: true})); // apply.js folds what does not apply
    if (tray.length && document.querySelector(".in-tray-list:empty")) show(); // the pile outlives the part it lies in
    if (document.activeElement === here && document.contains(here)) return;
    if (at) {
      var lying = sheet.querySelector('.in-tray-list [data-at="' + Math.min(Number(at), tray.length - 1) + '"]');
      if (lying) lying.focus();
      return;
    }
    if (here && here.hasAttribute("data-submit")) { // the side was made anew under the focus
      var submit = sheet.querySelector("[data-submit]");
      if (submit) submit.focus({preventScroll: true});
      return;
    }
    var back = id && document.getElementById(id) || name && sheet.querySelector('[name="' + CSS.escape(name) + '"][value="' + CSS.escape(value || "") + '"]');
    if (!back) return;
    back.focus({preventScroll: true});
    if (from !== null && back.setSelectionRange) try { back.setSelectionRange(from, to); } catch (e) { /* not a text field */ }
  }

  function dress(part) {
    part.querySelectorAll("[data-when-note]").forEach(function (n) { n.hidden = true; });
    part.querySelectorAll("[data-key]").forEach(function (el) {
      var key = "Alt+" + el.getAttribute("data-key").toUpperCase();
      el.setAttribute("data-key-label", key);
      el.setAttribute("aria-keyshortcuts", key);
    });
    part.querySelectorAll("[data-adders]").forEach(function (el) { el.hidden = false; });
    part.querySelectorAll("[data-tray]").forEach(function (el) { el.hidden = false; });
    if (navigator.mediaDevices) part.querySelectorAll("[data-camera]").forEach(function (el) { el.hidden = false; });
  }

  sheet.addEventListener("change", function (event) {
    if (!event.target.name) return;
    later(/^(radio|checkbox)$/.test(event.target.type) ? 30 : 150);
  });
  sheet.addEventListener("input", function (event) { if (event.target.name) later(900); });
  sheet.addEventListener("submit", function (event) {
    if (event.submitter && event.submitter.hasAttribute("data-remove")) return;
    sent = true;
    window.clearTimeout(timer);
    if (saving) saving.abort();
  });
  window.addEventListener("pageshow", function (event) { if (event.persisted) sent = false; });
  window.addEventListener("online", function () { if (dirty) save(); });
  window.addEventListener("beforeunload", function (event) {
    if (sent || !dirty && !tray.length) return;
    if (dirty && !saving) save();
    event.preventDefault();
  });

  // ---- keys -----------------------------------------------------------------

  function filled(el) {
    if (/^(radio|checkbox)$/.test(el.type)) {
      return Array.prototype.some.call(sheet.querySelectorAll('[name="' + CSS.escape(el.name) + '"]'), function (x) { return x.checked; });
    }
    return el.value !== "";
  }

  // The first input of what a gap's link points to, if it is still empty.
  function inputOf(link) {
    var box = document.getElementById(decodeURIComponent(link.getAttribute("href").slice(1)));
    if (!box) return null;
    var list = /^(INPUT|SELECT|TEXTAREA)$/.test(box.tagName) ? [box] :
      Array.prototype.slice.call(box.querySelectorAll("input:not([type=hidden]):not([type=file]), select, textarea"));
    list = list.filter(function (el) { return !el.disabled && el.offsetParent !== null; });
    return list.filter(function (el) { return el.checked; })[0] || list.filter(function (el) { return !filled(el); })[0] || list[0] || null;
  }

  function gaps() {
    return Array.prototype.slice.call(sheet.querySelectorAll("[data-gap]")).map(inputOf).filter(Boolean);
  }

  function reach(el) {
    el.focus({preventScroll: true});
    var box = el.closest(".in-mat, .ym-field") || el;
    box.scrollIntoView({block: "center", behavior: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth"});
    if (el.select && /^(text|search|tel|number)$/.test(el.type)) el.select();
  }

  // On to what is missing next: after here, else from the top, else the button.
  function onward(here) {
    var open = gaps().filter(function (el) { return el !== here && el.name !== here.name && (!filled(el) || wrong(el)); });
    var after = open.filter(function (el) { return here.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING; });
    var next = after[0] || open[0] || sheet.querySelector("[data-submit]");
    if (next.hasAttribute("data-submit")) next.focus();
    else reach(next);
  }

  function wrong(el) { return el.type !== "radio" && el.type !== "checkbox" && !!el.closest(".ym-wrong"); }

  sheet.addEventListener("keydown", function (event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    var el = event.target;
    if (event.key === "Enter" && (el.tagName === "SELECT" || el.tagName === "INPUT" && el.type !== "file")) {
      event.preventDefault();
      swallow = true;
      if (el.type === "radio" && !filled(el)) choose(el);
      onward(el);
      return;
    }
    if (/^[1-9]$/.test(event.key) && /^(radio|checkbox)$/.test(el.type)) {
      var group = Array.prototype.slice.call(sheet.querySelectorAll('input[type=' + el.type + '][name="' + CSS.escape(el.name) + '"]'));
      var chosen = group[Number(event.key) - 1];
      if (!chosen || chosen.disabled) return;
      event.preventDefault();
      choose(chosen);
      if (el.type === "radio" && chosen.value !== "file") onward(chosen);
    }
  });

  // The Enter that leads on must not also press the button it leads to.
  var swallow = false;
  sheet.addEventListener("keypress", function (event) { if (event.key === "Enter" && swallow) event.preventDefault(); });
  sheet.addEventListener("keyup", function () { swallow = false; });

  function choose(el) {
    el.checked = el.type === "radio" ? true : !el.checked;
    el.focus();
    el.dispatchEvent(new Event("change", {bubbles: true}));
  }

  sheet.addEventListener("click", function (event) {
    var link = event.target.closest("[data-gap]");
    if (link) {
      var el = inputOf(link);
      if (el) { event.preventDefault(); reach(el); }
    }
    var remove = event.target.closest("[data-remove]");
    if (remove) {
      event.preventDefault();
      send(remove.getAttribute("formaction"), new URLSearchParams({visit: sheet.elements.visit.value}));
    }
    var shot = event.target.closest("[data-camera]");
    if (shot && window.yimenCamera) window.yimenCamera(function (files) { upload(shot.getAttribute("data-camera"), files); });
  });

  // ---- files ----------------------------------------------------------------

  var tray = [], drag = null;

  function send(url, body) {
    state("正在上传…");
    sheet.setAttribute("data-busy", "");
    return fetch(url, {method: "POST", body: body, headers: {"HX-Request": "true"}}).then(function (r) {
      if (r.status !== 200 && r.status !== 422) throw r;
      return r.text();
    }).then(function (html) {
      swap(html);
      state("已保存");
      return true;
    }, function () {
      state("没有传上去，文件还在“待归类”里，请再试。", true);
      return false;
    }).finally(function () { if (!dirty && !saving) sheet.removeAttribute("data-busy"); });
  }

  // What was typed is stored first: the answer shows the materials anew.
  function upload(material, files) {
    if (!files.length) return;
    var body = new FormData();
    body.set("visit", sheet.elements.visit.value);
    body.set("material", material);
    var small = Array.prototype.map.call(files, shrunk);
    Promise.all(small).then(function (list) {
      list.forEach(function (f) { body.append("file", f, f.name); });
      return settled();
    }).then(function () { return send(sheet.getAttribute("data-files"), body); }).then(function (ok) {
      if (!ok) stash(files);
    });
  }

  function settled() {
    window.clearTimeout(timer);
    if (dirty) save();
    return new Promise(function (done) {
      (function look() { if (saving) window.setTimeout(look, 50); else done(); })();
    });
  }

  // Photos are made no larger than 2000 points, as JPEG: legible, and light
  // enough for a village line.
  function shrunk(file) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < 300000 || !window.createImageBitmap) return Promise.resolve(file);
    return createImageBitmap(file).then(function (picture) {
      var scale = Math.min(1, 2000 / Math.max(picture.width, picture.height));
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return new Promise(function (done) { canvas.toBlob(done, "image/jpeg", 0.82); });
    }).then(function (blob) {
      if (!blob || blob.size >= file.size) return file;
      return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", {type: "image/jpeg"});
    }, function () { return file; });
  }

  function stash(files) {
    Array.prototype.forEach.call(files, function (f) { tray.push(f); });
    show();
  }

  function show() {
    var list = document.querySelector(".in-tray-list");
    if (!list) return;
    list.querySelectorAll("img").forEach(function (img) { URL.revokeObjectURL(img.src); });
    list.textContent = "";
    tray.forEach(function (file, i) {
      var item = document.createElement("li"), b = button("", function () { b.focus(); });
      b.draggable = true;
      b.setAttribute("data-at", i);
      if (/^image\//.test(file.type)) {
        var img = document.createElement("img");
        img.alt = "";
        img.src = URL.createObjectURL(file);
        b.append(img);
      }
      b.append(file.name || "粘贴的图片");
      item.append(b);
      list.append(item);
    });
  }

  function assign(i, material) {
    var file = tray.splice(i, 1);
    show();
    upload(material, file);
    var next = document.querySelector('.in-tray-list [data-at="' + Math.min(i, tray.length - 1) + '"]');
    if (next) next.focus();
  }

  function materials() { return Array.prototype.slice.call(sheet.querySelectorAll("[data-material]")); }

  sheet.addEventListener("change", function (event) {
    var el = event.target;
    if (el.hasAttribute("data-upload")) upload(el.getAttribute("data-upload"), Array.prototype.slice.call(el.files));
    if (el.hasAttribute("data-pick")) { stash(el.files); el.value = ""; var b = document.querySelector(".in-tray-list button"); if (b) b.focus(); }
  });
  sheet.addEventListener("keydown", function (event) {
    var at = event.target.getAttribute && event.target.getAttribute("data-at");
    if (at === null || !/^[1-9]$/.test(event.key)) return;
    var m = materials()[Number(event.key) - 1];
    if (m) { event.preventDefault(); assign(Number(at), m.getAttribute("data-material")); }
  });
  sheet.addEventListener("dragstart", function (event) { drag = event.target.getAttribute && event.target.getAttribute("data-at"); });
  sheet.addEventListener("dragover", function (event) { if (event.target.closest("[data-drop]")) event.preventDefault(); });
  sheet.addEventListener("drop", function (event) {
    if (!event.target.closest("[data-drop]")) return;
    event.preventDefault();
    var row = event.target.closest("[data-material]"), files = event.dataTransfer.files;
    if (files.length && row) upload(row.getAttribute("data-material"), Array.prototype.slice.call(files));
    else if (files.length) stash(files);
    else if (drag !== null && row) assign(Number(drag), row.getAttribute("data-material"));
    drag = null;
  });
  document.addEventListener("paste", function (event) {
    var files = event.clipboardData ? Array.prototype.filter.call(event.clipboardData.files, function (f) { return /^image\//.test(f.type); }) : [];
    if (!files.length) return;
    event.preventDefault();
    var row = document.activeElement.closest("[data-material]");
    if (row) upload(row.getAttribute("data-material"), files);
    else stash(files);
  });

  // ---- begin ----------------------------------------------------------------

  dress(sheet);
  if (!document.querySelector("#error-summary")) {
    var first = gaps()[0];
    if (first) first.focus();
    else sheet.querySelector("[data-submit]").focus();
  }
})();
