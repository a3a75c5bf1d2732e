// Photos of a material: made smaller before they are sent, sent one by one with
// a bar, tried again when the line breaks. Without this script the same form
// sends the files as they are.
(function () {
  "use strict";

  var form = document.querySelector("form[data-photos]");
  if (!form || !window.FormData || !window.XMLHttpRequest) return;

  var LONGEST = 2000;          // pixels of the longer side
  var QUALITY = 0.8;
  var SMALL = 400 * 1024;      // smaller files stay as they are
  var LARGEST = 50 * 1024 * 1024;
  var WAITS = [1500, 4000, 10000];
  var queue = form.querySelector(".ap-queue");
  var busy = Promise.resolve();
  var open = 0;

  form.classList.add("is-live");

  form.addEventListener("change", function (event) {
    var field = event.target;
    if (field.type !== "file") return;
    Array.prototype.slice.call(field.files).forEach(function (file) { add(field.name, file); });
    field.value = "";
    var list = field.parentNode.querySelector(".ym-files");
    if (list) list.remove();
  });

  // Nothing goes on while a photo is on its way.
  form.addEventListener("submit", function (event) {
    if (!open) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    queue.firstChild.querySelector(".ap-state").textContent = "还在上传，请等一下再点。";
  }, true);

  window.addEventListener("beforeunload", function (event) { if (open) event.preventDefault(); });

  function add(name, file) {
    var job = { name: name, file: file, key: key(), tries: 0, row: row(file) };
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

  function row(file) {
    var item = document.createElement("li");
    var title = document.createElement("span");
    title.textContent = file.name || "照片";
    var state = document.createElement("span");
    state.className = "ap-state";
    state.textContent = size(file.size);
    var bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    item.append(title, state, bar);
    queue.append(item);
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
    return job.before ? "原 " + size(job.before) + "，已压缩到 " + size(job.file.size) : size(job.file.size);
  }

  function send(job) {
    say(job, note(job) + "，正在上传…");
    return attempt(job).then(function (answer) {
      open--;
      var failed = answer.status >= 400;
      show(answer.body);
      if (!failed) {
        var done = note(job) + "，已上传";
        say(job, done);
        job.row.querySelector("progress").remove();
        window.setTimeout(function () { job.row.remove(); }, 6000);
        return;
      }
      say(job, "没有传上去，原因见上方。");
      job.row.querySelector("progress").remove();
    }, function () {
      if (job.tries < WAITS.length) {
        say(job, note(job) + "，网络不好，稍后自动再试（第 " + (job.tries + 1) + " 次）…");
        return new Promise(function (done) { window.setTimeout(done, WAITS[job.tries++]); }).then(function () { return send(job); });
      }
      open--;
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
    return new Promise(function (done, fail) {
      var data = new FormData();
      data.append("once", job.key);
      data.append("do", "add");
      data.append(job.name, job.file, job.file.name || "照片.jpg");
      var call = new XMLHttpRequest();
      call.open("POST", form.action);
      call.setRequestHeader("HX-Request", "true");
      call.setRequestHeader("HX-Request-Type", "partial");
      call.timeout = 300000;
      call.upload.onprogress = function (event) {
        var bar = job.row.querySelector("progress");
        if (bar && event.lengthComputable) bar.value = Math.round(100 * event.loaded / event.total);
      };
      call.onload = function () {
        if (call.status >= 500) fail();
        else done({ status: call.status, body: call.responseText });
      };
      call.onerror = call.ontimeout = call.onabort = fail;
      call.send(data);
    });
  }

  // The answer is the list of files, as a piece or within a whole page.
  function show(html) {
    var fresh = new DOMParser().parseFromString(html, "text/html").getElementById("files");
    var old = document.getElementById("files");
    if (fresh && old) old.replaceWith(fresh);
  }
})();
