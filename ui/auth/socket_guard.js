// Watches over the page's websocket (window.socket, made by NiceGUI): what is too long to be sent is
// not sent, and said; where the browser keeps no cookie, that is said, too.
(() => {
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
      return emit.call(this, name, ...values);
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
