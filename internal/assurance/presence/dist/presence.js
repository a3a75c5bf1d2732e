/* Films the movements: a straight look, then each movement with a straight look around it. The prompts go by the clock;
   whether a movement was made is found out by the server alone. */
(function () {
  "use strict";
  var root = document.getElementById("presence");
  if (!root) return;
  var $ = function (s) { return root.querySelector(s); };
  var open = $(".fp-open"), video = $("video"), say = $(".fp-say"), sign = $(".fp-sign"), bar = $(".fp-progress");
  var problem = $(".fp-problem"), again = $(".fp-again");
  var moves = Array.prototype.map.call(root.querySelectorAll("[data-move]"), function (li) {
    return {move: li.dataset.move, text: li.dataset.text, sign: li.dataset.sign};
  });
  var every = 500, warm = 1500, look = 2000, rest = 1000, act = 4000, last = 1500; // milliseconds
  var total = warm + look + moves.length * (rest + act) + last;
  var deadline = performance.now() + Number(root.dataset.seconds) * 1000;
  var stream = null, shots = [], began = 0, sound = null;

  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) {
    fail("这台设备或这个浏览器不能用摄像头。请换一台手机或浏览器，或带身份证到窗口核验。");
    return;
  }
  open.hidden = false;
  open.addEventListener("click", start);

  function start() {
    if (performance.now() + total + 5000 > deadline) return fail("时间过了，请重新开始。");
    open.disabled = true;
    try { sound = new (window.AudioContext || window.webkitAudioContext)(); } catch (e) { sound = null; }
    navigator.mediaDevices.getUserMedia({audio: false, video: {facingMode: "user", width: {ideal: 640}, height: {ideal: 480}}}).then(function (s) {
      stream = s;
      video.srcObject = s;
      $(".fp-before").hidden = true;
      $(".fp-live").hidden = false;
      return video.play();
    }).then(function () {
      began = performance.now();
      film();
    }).catch(function () {
      fail("打不开摄像头。请在浏览器里允许本网站使用摄像头，再重新开始。");
    });
  }

  /* part says what is asked at a moment: the step, and the movement when it is time for it. */
  function part(t) {
    t -= warm;
    if (t < 0) return {step: -1, say: "把整张脸放进框里", sign: ""};
    if (t < look) return {step: 0, say: "请看正前方，不要动", sign: ""};
    t -= look;
    var k = Math.floor(t / (rest + act));
    if (k >= moves.length) return {step: moves.length, say: "请看正前方", sign: ""};
    if (t - k * (rest + act) < rest) return {step: k + 1, say: "请看正前方", sign: ""};
    var inside = t - k * (rest + act) - rest;
    if (inside > act * 0.75) return {step: k + 1, say: moves[k].move === "blink" ? "睁开眼睛" : "回到正前方", sign: "", back: true};
    return {step: k + 1, say: moves[k].text, sign: moves[k].sign, at: moves[k].move};
  }

  var shown = "";
  function film() {
    if (!stream) return;
    var t = performance.now() - began, p = part(t);
    if (t >= total) return send();
    if (p.say !== shown) {
      shown = p.say;
      say.textContent = p.say;
      sign.textContent = p.sign;
      sign.dataset.at = p.at || "";
      if (p.at || p.back) nudge();
    }
    bar.value = Math.round(t / total * 100);
    if (p.step >= 0) shoot(p.step);
    setTimeout(film, every);
  }

  /* nudge is felt and heard: closed eyes do not read. */
  function nudge() {
    if (navigator.vibrate) navigator.vibrate(150);
    if (!sound) return;
    var o = sound.createOscillator(), g = sound.createGain();
    g.gain.value = 0.15;
    o.frequency.value = 880;
    o.connect(g);
    g.connect(sound.destination);
    o.start();
    o.stop(sound.currentTime + 0.15);
  }

  function shoot(step) {
    if (!video.videoWidth || shots.length >= 48) return;
    var scale = Math.min(1, 480 / Math.max(video.videoWidth, video.videoHeight));
    var canvas = document.createElement("canvas");
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    var shot = {step: step, blob: null};
    shots.push(shot);
    canvas.toBlob(function (b) { shot.blob = b; }, "image/jpeg", 0.85);
  }

  function stop() {
    if (stream) stream.getTracks().forEach(function (t) { t.stop(); });
    stream = null;
    video.srcObject = null;
  }

  function send() {
    stop();
    $(".fp-view").hidden = true;
    bar.removeAttribute("value");
    say.textContent = "正在核验，请稍等…";
    var parts = [];
    shots.forEach(function (s) {
      if (!s.blob) return;
      var head = new DataView(new ArrayBuffer(5));
      head.setUint8(0, s.step);
      head.setUint32(1, s.blob.size);
      parts.push(head.buffer, s.blob);
    });
    shots = [];
    post(new Blob(parts), 5);
  }

  /* post tries again while others are being looked at, and when the line breaks. */
  function post(body, tries) {
    fetch(root.dataset.send, {method: "POST", headers: {"Content-Type": "application/x-yimen-frames"}, body: body}).then(function (r) {
      if (r.ok && r.redirected) return location.replace(r.url);
      if (r.status === 429 && tries > 0) return setTimeout(post, 2000, body, tries - 1);
      if (r.status === 409) return fail("时间过了，请重新开始。");
      fail("没有做成，请过一会儿重新开始，或带身份证到窗口核验。");
    }).catch(function () {
      if (tries > 0) return setTimeout(post, 2000, body, tries - 1);
      fail("网络断了，请连上网络后重新开始。");
    });
  }

  function fail(text) {
    stop();
    $(".fp-live").hidden = true;
    problem.textContent = text;
    again.hidden = false;
    open.hidden = true;
  }
  addEventListener("pagehide", stop);
})();
