// Where the menu scrolls sideways, the entry one is looking at comes into view.
(function () {
  "use strict";

  var here = document.querySelector(".ym-nav [aria-current]");
  var nav = here && here.closest(".ym-nav");
  if (nav) nav.scrollLeft = here.offsetLeft + here.offsetWidth / 2 - nav.clientWidth / 2;
})();
