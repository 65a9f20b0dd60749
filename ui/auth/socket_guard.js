// Watches over the page's websocket (window.socket, made by NiceGUI): what is too long to be sent is
// not sent, and said; where the browser keeps no cookie, that is said, too.
(() => {
  // Half of a pair, as a script or a cut in the middle of an emoji leaves it: no UTF-8 can say it,
  // and the server would refuse the whole message.
  const HALF = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
  const whole = (_, value) => (typeof value === "string" ? value.replace(HALF, "\ufffd") : value);
  const inside = (key, value) => {
    if (typeof value !== "string" || !value.includes("\\ud")) return whole(key, value);
    try {
      return JSON.stringify(JSON.parse(value, whole)); // what an event tells is JSON in JSON
    } catch {
      return value;
    }
  };
  const mended = (value) =>
    typeof value === "function" ? value : JSON.parse(JSON.stringify(value), inside);
  const bytes = (text) => new Blob([text]).size;
  const tell = (message) =>
    Quasar.Notify.create({
      message,
      type: "negative",
      position: "top",
      multiLine: true,
      timeout: 0,
      group: message,
      attrs: { role: "alert" },
      actions: [{ label: "Close", color: "white", noCaps: true }],
    });

  function guard(socket) {
    const emit = socket.emit;
    socket.emit = function (name, ...values) {
      const text = JSON.stringify(values);
      if (text.length * 3 > MOST && bytes(text) > MOST - 1000) {
        const size = (bytes(text) / 1e6).toFixed(1);
        tell(
          `This is too long to be sent: ${size} MB, and ${MOST / 1e6} MB is the most at once. ` +
            "Rehearsal has what was there before. Shorten it, or take it back."
        );
        return this;
      }
      // JSON writes halves, and nothing else but a text that speaks of them, in this way.
      return emit.call(this, name, ...(text.includes("\\ud") ? values.map(mended) : values));
    };
    socket.on("connect_error", (error) => {
      if (error.message !== NO_COOKIE) return;
      tell(
        "Your browser sends no cookie, so this page cannot work. Allow cookies for this site, " +
          "and load the page again."
      );
    });
  }

  let socket;
  Object.defineProperty(window, "socket", {
    configurable: true,
    get: () => socket,
    set: (made) => {
      socket = made;
      if (made) guard(made);
    },
  });
})();
