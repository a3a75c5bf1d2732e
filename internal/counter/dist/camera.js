// Pictures of paper: several pages, each trimmed to the sheet and made clearer.
(function () {
  "use strict";

  var dialog = document.getElementById("in-camera");
  if (!dialog || !navigator.mediaDevices) return;
  var video = dialog.querySelector("video"), list = dialog.querySelector(".in-shots"), help = dialog.querySelector("[role=status]");
  var use = dialog.querySelector("[data-use]"), clear = dialog.querySelector("[data-clear]");
  var stream = null, shots = [], give = null;

  window.yimenCamera = function (done) {
    give = done;
    shots = [];
    list.textContent = "";
    use.disabled = true;
    dialog.showModal();
    navigator.mediaDevices.getUserMedia({video: {facingMode: "environment", width: {ideal: 2560}, height: {ideal: 1920}}}).then(function (s) {
      stream = s;
      video.srcObject = s;
      return video.play();
    }).catch(function () {
      help.textContent = "打不开摄像头或高拍仪。请检查是否接好，并允许本网站使用摄像头。";
    });
  };

  function end() {
    if (stream) stream.getTracks().forEach(function (t) { t.stop(); });
    stream = null;
    if (dialog.open) dialog.close();
  }

  function shoot() {
    if (!video.videoWidth) return;
    var canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d", {willReadFrequently: true}).drawImage(video, 0, 0);
    if (clear.checked) canvas = clearer(trimmed(canvas));
    canvas.toBlob(function (blob) {
      var file = new File([blob], "第" + (shots.length + 1) + "页.jpg", {type: "image/jpeg"});
      shots.push(file);
      thumb(file);
      use.disabled = false;
      help.textContent = "已拍" + shots.length + "张。空格再拍一张，回车用这些照片。";
    }, "image/jpeg", 0.85);
  }

  function thumb(file) {
    var item = document.createElement("li"), img = document.createElement("img"), drop = document.createElement("button");
    img.src = URL.createObjectURL(file);
    img.alt = file.name.replace(".jpg", "");
    drop.type = "button";
    drop.className = "btn btn-sm";
    drop.textContent = "去掉";
    drop.setAttribute("aria-label", "去掉" + file.name.replace(".jpg", ""));
    drop.addEventListener("click", function () {
      shots.splice(shots.indexOf(file), 1);
      URL.revokeObjectURL(img.src);
      item.remove();
      use.disabled = !shots.length;
    });
    item.append(img, drop);
    list.append(item);
  }

  // The sheet is the bright part of the picture: rows and columns at its edge
  // of which little is bright are cut off, at most a third from each side.
  function trimmed(canvas) {
    var w = canvas.width, h = canvas.height, data = canvas.getContext("2d").getImageData(0, 0, w, h).data;
    var step = Math.max(1, Math.floor(Math.max(w, h) / 400)), sum = 0, n = 0, x, y;
    function light(px, py) { var i = 4 * (py * w + px); return 0.3 * data[i] + 0.59 * data[i + 1] + 0.11 * data[i + 2]; }
    for (y = 0; y < h; y += step) for (x = 0; x < w; x += step) { sum += light(x, y); n++; }
    var limit = Math.max(90, sum / n);
    function row(py) { var k = 0, m = 0; for (x = 0; x < w; x += step) { m++; if (light(x, py) > limit) k++; } return k / m; }
    function column(px) { var k = 0, m = 0; for (y = 0; y < h; y += step) { m++; if (light(px, y) > limit) k++; } return k / m; }
    function edge(from, to, by, share) { for (var at = from; at !== to; at += by) { if (share(at) > 0.35) return at; } return from; }
    var third = Math.floor(h / 3), side = Math.floor(w / 3);
    var top = edge(0, third, 1, row), bottom = edge(h - 1, h - 1 - third, -1, row);
    var left = edge(0, side, 1, column), right = edge(w - 1, w - 1 - side, -1, column);
    var out = document.createElement("canvas");
    out.width = right - left + 1;
    out.height = bottom - top + 1;
    out.getContext("2d", {willReadFrequently: true}).drawImage(canvas, left, top, out.width, out.height, 0, 0, out.width, out.height);
    return out;
  }

  // Contrast: the darkest two and the brightest ten of a hundred points become
  // black and white, what lies between is spread.
  function clearer(canvas) {
    var c = canvas.getContext("2d"), picture = c.getImageData(0, 0, canvas.width, canvas.height), d = picture.data;
    var count = new Array(256).fill(0), i, total = d.length / 4;
    for (i = 0; i < d.length; i += 4) count[Math.round(0.3 * d[i] + 0.59 * d[i + 1] + 0.11 * d[i + 2])]++;
    function level(share) { for (var v = 0, k = 0; v < 256; v++) { k += count[v]; if (k >= total * share) return v; } return 255; }
    var dark = level(0.02), bright = Math.max(dark + 40, level(0.9)), map = [];
    for (i = 0; i < 256; i++) map[i] = Math.max(0, Math.min(255, Math.round((i - dark) * 255 / (bright - dark))));
    for (i = 0; i < d.length; i += 4) { d[i] = map[d[i]]; d[i + 1] = map[d[i + 1]]; d[i + 2] = map[d[i + 2]]; }
    c.putImageData(picture, 0, 0);
    return canvas;
  }

  function finish() {
    if (!shots.length) return;
    end();
    give(shots);
  }

  dialog.querySelector("[data-shoot]").addEventListener("click", shoot);
  use.addEventListener("click", finish);
  dialog.querySelector("[data-close]").addEventListener("click", end);
  dialog.addEventListener("cancel", end);
  dialog.addEventListener("keydown", function (event) {
    if (event.target.closest("button, input")) return;
    if (event.key === " ") { event.preventDefault(); shoot(); }
    if (event.key === "Enter") { event.preventDefault(); finish(); }
  });
})();
