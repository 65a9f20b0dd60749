// Watches over the text in an editor (NiceGUI's codemirror element):
// - what is too long to be sent or for a line, or has half a character, is not pasted, and the
//   page is told;
// - after each pause its length and checksum are told, so that the server can notice when it has
//   another text, and ask for this one;
// - while there is no server, the text is kept in the browser, and handed over when the page is
//   opened again.

const LOOK = 250; // ms between two looks; a document that stays the same for one is told
const FRESH = 5000; // ms for which the server may not have what was typed on its disk
const MARGIN = 2; // times the limit that the whole text may have, so that it can still be sent

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

// CRC-32 of the text as UTF-16 in little-endian order.
function checksum(text) {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    crc = (crc >>> 8) ^ TABLE[(crc ^ unit) & 0xff];
    crc = (crc >>> 8) ^ TABLE[(crc ^ (unit >>> 8)) & 0xff];
  }
  return (crc ^ 0xffffffff) >>> 0;
}

const whole = (text) => (text.toWellFormed ? text.toWellFormed() : text);
const size = (text) => new Blob([JSON.stringify(text)]).size;

export default {
  template: `<div hidden></div>`,
  props: { target: Number, limit: Number, longest: Number, storage_key: String, page: String, version: String, label: String },

  created() {
    this.begun = false;
    this.seen = null;
    this.told = null;
    this.changed = 0;
    this.stops = [];
  },

  mounted() {
    this.timer = setInterval(() => this.look(), LOOK);
    this.look(); // in a dialog that opens later, the page is connected already
    // What was kept is handed over before a click that waited for the connection asks for it.
    this.$nextTick(() => window.socket?.once("connect", () => this.look()));
    this.listen(document, "paste", (event) => this.admit(event, event.clipboardData));
    this.listen(document, "drop", (event) => this.admit(event, event.dataTransfer));
    this.listen(window, "pagehide", () => this.shelve());
  },

  beforeUnmount() {
    clearInterval(this.timer);
    this.stops.forEach((stop) => stop());
  },

  methods: {
    listen(target, name, handler) {
      target.addEventListener(name, handler, true);
      this.stops.push(() => target.removeEventListener(name, handler, true));
    },

    editor() {
      return this.begun ? getElement(this.target)?.editor : null;
    },

    // The page's own connection is made after its elements.
    begin() {
      this.begun = true;
      window.socket.on("disconnect", this.shelve);
      this.stops.push(() => window.socket.off("disconnect", this.shelve));
      this.handOver();
    },

    look() {
      if (!this.begun && window.socket?.connected) this.begin();
      if (!this.begun) return;
      const editor = this.editor();
      const doc = editor?.state.doc;
      if (!doc) return;
      if (this.seen === null) {
        editor.contentDOM.setAttribute("aria-label", this.label);
        // It takes the focus anyway; said so, it also counts as a way into the part that scrolls.
        editor.contentDOM.setAttribute("tabindex", "0");
      }
      if (this.seen !== null && doc !== this.seen) this.changed = Date.now();
      if (doc !== this.seen) {
        this.seen = doc;
        if (!window.socket.connected) this.shelve();
      } else if (doc !== this.told && window.socket.connected) {
        this.told = doc;
        const text = whole(doc.toString());
        this.$emit("pulse", { length: text.length, checksum: checksum(text) });
        localStorage.removeItem(this.place());
      }
    },

    admit(event, data) {
      const editor = this.editor();
      if (!data || !editor || !editor.dom.contains(event.target)) return;
      const text = data.getData("text/plain");
      const bytes = Math.max(size(text), ...[...data.files].map((file) => file.size));
      const all = bytes + size(editor.state.doc.toString());
      let why = "";
      if (bytes > this.limit || all > MARGIN * this.limit) why = "too_long";
      else if (text.split(/\r\n|\n|\r/).some((line) => line.length > this.longest))
        why = "long_line";
      else if (text.isWellFormed && !text.isWellFormed()) why = "half_character";
      if (!why) return;
      event.preventDefault();
      event.stopPropagation();
      this.$emit("refused", { why, size: bytes });
    },

    // The server asks for the text: its own is another one.
    send() {
      const doc = this.editor()?.state.doc;
      if (doc) this.$emit("whole", { text: whole(doc.toString()) });
    },

    // Lines are of the text that was read; what has become shorter meanwhile has fewer.
    async decorate(marks, notes) {
      const element = getElement(this.target);
      const editor = await element?.editorPromise;
      if (!editor) return;
      const lines = editor.state.doc.lines;
      element.setDecorations(marks.flatMap((mark) => this.looks(mark, lines)));
      const kept = Object.entries(notes).filter(([line]) => Number(line) <= lines);
      element.setLineTooltips(Object.fromEntries(kept));
    },

    looks([first, last, look], lines) {
      const shown = { length: Math.min(last, lines) - first + 1 };
      return Array.from(shown, (_, n) => ({ kind: "line", line: first + n, class: look }));
    },

    // False where the text is hidden, as on a narrow screen: it can take no focus there.
    jump(line) {
      const editor = this.editor();
      if (!editor?.dom.getClientRects().length) return false;
      const at = editor.state.doc.line(Math.max(1, Math.min(line, editor.state.doc.lines))).from;
      editor.dispatch({ selection: { anchor: at } });
      getElement(this.target).revealLine(Math.min(line, editor.state.doc.lines));
      editor.focus();
      return true;
    },

    focus() {
      this.editor()?.focus();
    },

    search() {
      const editor = this.editor();
      if (!editor) return;
      editor.focus();
      const key = { key: "f", code: "KeyF", ctrlKey: true, bubbles: true, cancelable: true };
      if (/Mac/.test(navigator.platform)) Object.assign(key, { ctrlKey: false, metaKey: true });
      editor.contentDOM.dispatchEvent(new KeyboardEvent("keydown", key));
    },

    place() {
      return `${this.storage_key}:${this.page}`;
    },

    // What the server may not have: typed without it, or only just.
    shelve() {
      const doc = this.editor()?.state.doc;
      const fresh = Date.now() - this.changed < FRESH;
      if (!doc || !this.begun || !this.changed || (window.socket.connected && doc === this.told)) return;
      if (doc === this.told && !fresh) return;
      const { page, version } = this;
      const kept = { text: whole(doc.toString()), page, version, time: Date.now() / 1000 };
      try {
        localStorage.setItem(this.place(), JSON.stringify(kept));
      } catch {
        // The browser keeps nothing for us; the server has all but the last words.
      }
    },

    handOver() {
      const places = Object.keys(localStorage).filter((key) => key.startsWith(`${this.storage_key}:`));
      for (const place of places) {
        try {
          this.$emit("kept", JSON.parse(localStorage.getItem(place)));
        } catch {
          localStorage.removeItem(place);
        }
      }
    },

    // The server has that page's text now.
    forget(page) {
      localStorage.removeItem(`${this.storage_key}:${page}`);
    },
  },
};
