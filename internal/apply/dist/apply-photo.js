// Photos of a material: made smaller before they are sent, sent one by one with
// a bar, tried again when the line breaks; turned, moved and removed without
// loading the page anew. Without this script the same form sends the files as
// they are. A page may hold several benches, one for each material.
(function () {
  "use strict";

  if (!window.FormData || !window.XMLHttpRequest) return;

  var LONGEST = 2000;          // pixels of the longer side
  var QUALITY = 0.8;
  var SMALL = 400 * 1024;      // smaller files stay as they are
  var LARGEST = 50 * 1024 * 1024;
  var WAITS = [1500, 4000, 10000];
  var busy = Promise.resolve(); // one photo after the other: a slow line is not shared out
  var open = 0;    // photos on their way
  var pressed;     // the button that was pressed meanwhile

  document.querySelectorAll("[data-photos]").forEach(live);
  window.addEventListener("beforeunload", function (event) { if (open) event.preventDefault(); });

  function live(bench) {
    var form = bench.closest("form");
    bench.classList.add("is-live");
    bench.addEventListener("change", function (event) {
      var field = event.target;
      if (field.type !== "file") return;
      Array.prototype.slice.call(field.files).forEach(function (file) { add(bench, form, field.name, file); });
      field.value = "";
      var list = field.parentNode.querySelector(".ym-files");
      if (list) list.remove();
    });
    bench.addEventListener("click", function (event) {
      var button = event.target.closest("button[name=do]");
      if (!button || button.classList.contains("ap-send")) return;
      event.preventDefault();
      arrange(bench, form, button);
    });
  }

  // Nothing goes on while a photo is on its way; what was pressed is done when
  // the last one has arrived. Heard at the window, before the document notes
  // that the form was sent.
  window.addEventListener("submit", function (event) {
    if (!open || !event.target.querySelector("[data-photos]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    later(event.submitter);
  }, true);

  function later(button) {
    if (pressed || !button) return;
    var note = document.createElement("p");
    note.className = "ap-later";
    note.setAttribute("role", "status");
    note.textContent = "照片还在上传，传完后自动继续，请不要关闭页面。";
    button.after(note);
    pressed = { button: button, note: note };
  }

  // One photo less is on its way. One that did not arrive is looked at first.
  function closed(arrived) {
    open--;
    if (!pressed || (open && arrived)) return;
    var go = pressed;
    pressed = undefined;
    go.note.remove();
    if (arrived) go.button.form.requestSubmit(go.button);
  }

  function add(bench, form, name, file) {
    var job = { bench: bench, form: form, name: name, file: file, key: key(), tries: 0, row: row(bench, file) };
    if (file.size > LARGEST && !/^image\//.test(file.type)) {
      say(job, "文件超过50 MB，请压缩或拆分后再选。");
      return;
    }
    open++;
    busy = busy.then(function () { return shrink(job); }).then(function () { return send(job); });
  }

  function key() {
    var bytes = new Uint8Array(16);
    window.crypto.getRandomValues(bytes);
    return Array.prototype.map.call(bytes, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
  }

  function row(bench, file) {
    var item = document.createElement("li");
    var title = document.createElement("span");
    title.textContent = file.name || "照片";
    var state = document.createElement("span");
    state.className = "ap-state";
    state.textContent = size(file.size);
    var bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", "上传进度");
    item.append(title, state, bar);
    bench.querySelector(".ap-queue").append(item);
    return item;
  }

  function say(job, text) { job.row.querySelector(".ap-state").textContent = text; }

  function size(n) {
    return n < 1048576 ? Math.max(1, Math.round(n / 1024)) + " KB" : (n / 1048576).toFixed(1) + " MB";
  }

  // A photo of a telephone is four times what the office can make use of.
  function shrink(job) {
    var file = job.file;
    if (!/^image\/(jpeg|png|webp|heic|heif|bmp)$/.test(file.type) || file.size < SMALL || !window.createImageBitmap) return Promise.resolve();
    say(job, "正在压缩…");
    return window.createImageBitmap(file, { imageOrientation: "from-image" }).then(function (picture) {
      var scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      var pen = canvas.getContext("2d");
      pen.fillStyle = "#fff"; // what is see-through becomes paper
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      if (picture.close) picture.close();
      return new Promise(function (done) { canvas.toBlob(done, "image/jpeg", QUALITY); });
    }).then(function (blob) {
      if (!blob || blob.size >= file.size) return;
      job.before = file.size;
      job.file = new File([blob], (file.name || "照片").replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
    }).catch(function () { /* a picture this browser cannot read: sent as it is */ });
  }

  function note(job) {
    return job.before ? "原" + size(job.before) + "，已压缩到" + size(job.file.size) : size(job.file.size);
  }

  function send(job) {
    say(job, note(job) + "，正在上传…");
    return attempt(job).then(function (answer) {
      show(job.bench, answer.body);
      job.row.querySelector("progress").remove();
      closed(answer.status < 400);
      if (answer.status >= 400) {
        say(job, "没有传上去，原因见上方。");
        return;
      }
      say(job, note(job) + "，已上传");
      window.setTimeout(function () { job.row.remove(); }, 6000);
    }, function () {
      if (job.tries < WAITS.length) {
        say(job, note(job) + "，网络不好，稍后自动再试（第" + (job.tries + 1) + "次）…");
        return new Promise(function (done) { window.setTimeout(done, WAITS[job.tries++]); }).then(function () { return send(job); });
      }
      closed(false);
      byHand(job);
    });
  }

  // The line stays down: one button, the same key, nothing is stored twice.
  function byHand(job) {
    say(job, note(job) + "，没有传上去：网络断了。");
    var again = document.createElement("button");
    again.type = "button";
    again.className = "btn";
    again.textContent = "再试一次";
    again.addEventListener("click", function () {
      again.remove();
      job.tries = 0;
      open++;
      busy = busy.then(function () { return send(job); });
    });
    job.row.append(again);
    again.focus();
  }

  function attempt(job) {
    var data = new FormData();
    data.append("once", job.key);
    data.append("do", "add");
    data.append(job.name, job.file, job.file.name || "照片.jpg");
    return post(job.form, data, function (event) {
      var bar = job.row.querySelector("progress");
      if (bar && event.lengthComputable) bar.value = Math.round(100 * event.loaded / event.total);
    });
  }

  function post(form, data, onprogress) {
    return new Promise(function (done, fail) {
      var call = new XMLHttpRequest();
      call.open("POST", form.action);
      call.setRequestHeader("HX-Request", "true");
      call.setRequestHeader("HX-Request-Type", "partial");
      call.timeout = 300000;
      if (onprogress) call.upload.onprogress = onprogress;
      call.onload = function () {
        if (call.status >= 500) fail();
        else done({ status: call.status, body: call.responseText });
      };
      call.onerror = call.ontimeout = call.onabort = fail;
      call.send(data);
    });
  }

  // Turning, moving and removing: the list comes anew, the finger stays where
  // it was.
  function arrange(bench, form, button) {
    var item = button.closest("li"), at = Array.prototype.indexOf.call(item.parentNode.children, item);
    var act = button.value.split(".")[0];
    var data = new FormData();
    data.append("once", key());
    data.append("do", button.value);
    button.disabled = true;
    post(form, data).then(function (answer) {
      show(bench, answer.body);
      if (act === "up") at--;
      var items = bench.querySelectorAll(".ap-files li"), here = items[Math.min(at, items.length - 1)];
      var next = here && (here.querySelector('button[value^="' + act + '."]') || here.querySelector("button"));
      (next || bench.querySelector(".ap-files")).focus();
    }, function () {
      button.disabled = false;
      var note = bench.querySelector(".ap-line") || document.createElement("p");
      note.className = "ap-line ym-error";
      note.setAttribute("role", "alert");
      note.textContent = "网络不通，没有改成。请稍后再点一次。";
      bench.querySelector(".ap-files").append(note);
    });
  }

  // The answer is the list of files, as a piece or within a whole page.
  function show(bench, html) {
    var old = bench.querySelector(".ap-files");
    var fresh = old && new DOMParser().parseFromString(html, "text/html").getElementById(old.id);
    if (!fresh) return;
    old.replaceWith(fresh);
    // What was missing is there: the page need not go on saying so.
    var item = bench.closest(".ym-wrong");
    if (!item || !fresh.querySelector("li") || fresh.querySelector(".ym-error")) return;
    item.classList.remove("ym-wrong");
    Array.prototype.forEach.call(item.children, function (part) { if (part.classList.contains("ym-error")) part.hidden = true; });
  }
})();
