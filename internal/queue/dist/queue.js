// The hall: the wall that asks for itself and reads numbers out, the machine
// that returns to its first screen, the phone that trembles.
(function () {
  "use strict";

  var wall = document.querySelector("[data-wall]");
  if (wall) runWall(wall);
  var taken = document.querySelector("[data-return]");
  if (taken) window.setTimeout(function () { window.location.replace(taken.getAttribute("data-return")); }, 20000);

  // A phone whose number is called trembles, and its tab says so.
  document.addEventListener("htmx:after:swap", function () {
    var now = document.getElementById("follow");
    if (!now || now.getAttribute("data-state") !== "called" || document.title.indexOf("到您了") === 0) return;
    document.title = "到您了 " + document.title;
    if (navigator.vibrate) navigator.vibrate([300, 150, 300, 150, 600]);
  });

  function runWall(wall) {
    var heard = {}, speaking = false, audio = null, failures = 0, since = Date.now();
    var lost = wall.querySelector("[data-lost]"), clock = wall.querySelector("[data-clock]"), button = wall.querySelector("[data-voice]");
    var address = wall.getAttribute("data-wall"), kept = "yimen.wall.voice";

    calls().forEach(function (call) { heard[call.id] = true; });
    button.hidden = false;
    button.addEventListener("click", function () { if (speaking) stop(); else start("语音播报已开始"); });
    if (remembered()) start(""); // a browser that wants a touch first refuses, and the button says so
    tick();
    window.setInterval(tick, 1000);
    window.setTimeout(ask, 2000);

    // Whether the voice is on outlives the page and the night.
    function remembered() { try { return window.localStorage.getItem(kept) === "on"; } catch (e) { return false; } }
    function remember(on) { try { window.localStorage.setItem(kept, on ? "on" : "off"); } catch (e) { /* not kept, then */ } }

    function tick() {
      clock.textContent = new Date().toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false });
    }

    function start(greeting) {
      speaking = true;
      button.textContent = "关闭语音播报";
      var Audio = window.AudioContext || window.webkitAudioContext;
      if (Audio && !audio) audio = new Audio();
      if (navigator.wakeLock) navigator.wakeLock.request("screen").catch(function () {});
      if (!greeting) return;
      remember(true);
      if (audio) audio.resume();
      chime();
      speak(greeting);
      if (document.documentElement.requestFullscreen) document.documentElement.requestFullscreen().catch(function () {});
    }

    function stop() {
      speaking = false;
      remember(false);
      button.textContent = "开始语音播报";
      if (window.speechSynthesis) speechSynthesis.cancel();
    }

    function calls() {
      return Array.prototype.map.call(wall.querySelectorAll("[data-fresh]"), function (li) {
        return { id: li.getAttribute("data-call"), say: li.getAttribute("data-say"), li: li };
      });
    }

    function ask() {
      var board = wall.querySelector("[data-board]");
      var stop = new AbortController();
      var timer = window.setTimeout(function () { stop.abort(); }, 10000);
      fetch(address, { headers: { "HX-Request-Type": "partial", "X-Board-Version": board.getAttribute("data-version") }, signal: stop.signal, cache: "no-store" })
        .then(function (answer) {
          if (answer.status === 204) return null;
          if (!answer.ok) throw new Error(String(answer.status));
          return answer.text();
        })
        .then(function (text) {
          failures = 0;
          lost.hidden = true;
          if (text) show(text);
        })
        .catch(function () {
          failures++;
          if (failures > 2) lost.hidden = false;
        })
        .then(function () {
          window.clearTimeout(timer);
          // A fresh page every six hours, when nothing is being said: new releases come to walls too.
          if (Date.now() - since > 6 * 3600000 && !failures && !speaking) window.location.reload();
          window.setTimeout(ask, Math.min(2000 * (1 + failures), 15000));
        });
    }

    function show(text) {
      var fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-board]");
      if (!fresh) return;
      wall.querySelector("[data-board]").replaceWith(document.adoptNode(fresh));
      calls().reverse().forEach(function (call) {
        if (heard[call.id]) return;
        heard[call.id] = true;
        call.li.classList.add("is-new");
        if (!speaking) return;
        chime();
        speak(call.say); // once: a clerk who calls again is a call of its own
      });
    }

    // Two notes, made here: no file to load, the same on every machine.
    function chime() {
      if (!audio) return;
      [[880, 0], [660, 0.35]].forEach(function (note) {
        var tone = audio.createOscillator(), loud = audio.createGain(), at = audio.currentTime + note[1];
        tone.frequency.value = note[0];
        loud.gain.setValueAtTime(0.0001, at);
        loud.gain.exponentialRampToValueAtTime(0.4, at + 0.03);
        loud.gain.exponentialRampToValueAtTime(0.0001, at + 0.6);
        tone.connect(loud).connect(audio.destination);
        tone.start(at);
        tone.stop(at + 0.65);
      });
    }

    function speak(text) {
      if (!window.speechSynthesis) return;
      var words = new SpeechSynthesisUtterance(text);
      words.lang = "zh-CN";
      words.rate = 0.9;
      var voice = speechSynthesis.getVoices().find(function (v) { return v.lang.replace("_", "-") === "zh-CN"; });
      if (voice) words.voice = voice;
      words.onerror = function (event) { // browsers let a page speak only after somebody has touched it
        if (event.error !== "not-allowed") return;
        speaking = false;
        button.textContent = "点一下，恢复语音播报";
      };
      speechSynthesis.speak(words);
    }
  }
})();
