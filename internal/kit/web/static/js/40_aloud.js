// Reads the page aloud, sentence by sentence, where the browser has a voice.
(function () {
  "use strict";

  var speech = window.speechSynthesis;
  var button = document.querySelector("[data-aloud]");
  if (!speech || !window.SpeechSynthesisUtterance || !button) return;
  var reading = false;
  button.hidden = false;

  function sentences() {
    var main = document.getElementById("main");
    return (main ? main.innerText : "").split(/\n+|([^。！？；\n]*[。！？；])/).map(function (s) { return (s || "").trim(); }).filter(Boolean);
  }

  function label(text, pressed) {
    button.querySelector("[data-aloud-label]").textContent = text;
    button.setAttribute("aria-pressed", pressed);
  }

  function stop() {
    reading = false;
    speech.cancel();
    label("朗读本页", "false");
  }

  button.addEventListener("click", function () {
    if (reading) return stop();
    reading = true;
    label("停止朗读", "true");
    var list = sentences();
    speech.cancel();
    list.forEach(function (text, i) {
      var part = new SpeechSynthesisUtterance(text);
      part.lang = "zh-CN";
      part.rate = 0.9;
      if (i === list.length - 1) part.onend = stop;
      part.onerror = stop;
      speech.speak(part);
    });
    if (list.length === 0) stop();
  });

  window.addEventListener("pagehide", stop);
})();
