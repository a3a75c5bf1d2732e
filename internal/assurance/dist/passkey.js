// Speaks with the browser's passkeys for the buttons of /login/passkey and of
// the security pages. Without it those pages say that another way is needed.
(function () {
  "use strict";

  function bytes(text) {
    const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(raw, function (c) { return c.charCodeAt(0); }).buffer;
  }

  function text(buffer) {
    let raw = "";
    new Uint8Array(buffer).forEach(function (b) { raw += String.fromCharCode(b); });
    return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  async function post(url, body) {
    const answer = await fetch(url, {
      method: "POST", credentials: "same-origin",
      headers: { "Content-Type": "application/json" }, body: JSON.stringify(body || {}),
    });
    let data = {};
    try { data = await answer.json(); } catch (e) { /* told below */ }
    if (!answer.ok) throw new Error(data.message || data.detail || "没有成功，请再试一次。");
    return data;
  }

  function describe(list) {
    return (list || []).map(function (c) { return Object.assign({}, c, { id: bytes(c.id) }); });
  }

  async function login(o) {
    const c = await navigator.credentials.get({ publicKey: Object.assign({}, o, {
      challenge: bytes(o.challenge), allowCredentials: describe(o.allowCredentials) }) });
    const r = c.response;
    return { id: c.id, rawId: text(c.rawId), type: c.type, response: {
      authenticatorData: text(r.authenticatorData), clientDataJSON: text(r.clientDataJSON),
      signature: text(r.signature), userHandle: r.userHandle ? text(r.userHandle) : "" } };
  }

  async function create(o) {
    const c = await navigator.credentials.create({ publicKey: Object.assign({}, o, {
      challenge: bytes(o.challenge), user: Object.assign({}, o.user, { id: bytes(o.user.id) }),
      excludeCredentials: describe(o.excludeCredentials) }) });
    const r = c.response;
    return { id: c.id, rawId: text(c.rawId), type: c.type, response: {
      attestationObject: text(r.attestationObject), clientDataJSON: text(r.clientDataJSON),
      transports: r.getTransports ? r.getTransports() : [] } };
  }

  function words(error) {
    switch (error.name) {
      case "NotAllowedError": return "没有完成：您取消了，或时间过长。可以再点一次。";
      case "InvalidStateError": return "这台设备已经有本站的通行密钥，不用再添加。";
      case "SecurityError": return "这个网址上用不了通行密钥，请用正式网址打开。";
      case "NotSupportedError": return "这台设备不支持通行密钥，请换一种方式。";
    }
    return error.message;
  }

  function prepare(box) {
    const button = box.querySelector("[data-passkey-go]"), status = box.querySelector("[data-passkey-status]");
    if (!window.PublicKeyCredential || !navigator.credentials) {
      status.textContent = "这个浏览器不支持通行密钥，请换一种方式。";
      return;
    }
    status.textContent = "";
    button.hidden = false;
    button.addEventListener("click", async function () {
      button.disabled = true;
      status.textContent = "请按设备上的提示操作……";
      try {
        const making = box.dataset.passkey === "create";
        const credential = await (making ? create : login)(await post(box.dataset.begin));
        const name = box.querySelector("input[name=key_name]");
        const done = await post(box.dataset.finish, { name: name ? name.value : "", next: box.dataset.next, credential: credential });
        status.textContent = "成功，正在打开……";
        // A fragment in the address would keep the browser on the same page.
        if (making) { history.replaceState(null, "", window.location.pathname); }
        window.location.assign(done.next);
      } catch (error) {
        status.textContent = words(error);
        button.disabled = false;
      }
    });
  }

  document.querySelectorAll("[data-passkey]").forEach(prepare);
})();
