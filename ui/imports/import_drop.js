// Where an author drops, chooses or pastes what is to be imported. Everything goes to the server by
// HTTP, also a pasted text: a message over the websocket may not be so long.

const HIDDEN = /(^|\/)\.[^/]/;

// All files below what was dropped; a hidden folder stands for itself.
async function walk(entry, path, found) {
  const name = path + entry.name;
  if (HIDDEN.test(name)) {
    found.push({ name, why: "hidden" });
  } else if (entry.isFile) {
    await new Promise((done) =>
      entry.file(
        (file) => (found.push({ name, file }), done()),
        () => (found.push({ name, why: "unreadable" }), done()),
      ),
    );
  } else if (entry.isDirectory) {
    const reader = entry.createReader();
    const before = found.length;
    for (;;) {
      let some; // a browser gives a hundred at a time
      try {
        some = await new Promise((done, failed) => reader.readEntries(done, failed));
      } catch {
        found.push({ name, why: "unreadable" });
        return;
      }
      if (!some.length) break;
      for (const each of some) await walk(each, `${name}/`, found);
    }
    if (found.length === before) found.push({ name, why: "empty" });
  }
}

export default {
  template: `
    <section class="rh-drop" :class="{ 'rh-drop-over': over > 0 }" aria-label="What to import"
        @dragenter.prevent="over++" @dragleave="over--" @dragover.prevent @drop.prevent="drop">
      <div class="rh-drop-head">
        <p>Drop files, folders or zips here, or choose them.</p>
        <div class="rh-line">
          <q-btn class="rh-button rh-button-plain" no-caps unelevated label="Choose files"
            @click="$refs.files.click()" />
          <q-btn v-if="folders" class="rh-button rh-button-plain" no-caps unelevated
            label="Choose a folder" @click="$refs.folder.click()" />
        </div>
      </div>
      <div class="rh-drop-paste">
        <label :for="'text-' + url">Or paste a text: a persona, a prompt, a list of scenarios</label>
        <textarea :id="'text-' + url" ref="text" v-model="text" rows="3" spellcheck="false"></textarea>
        <q-btn class="rh-button rh-button-plain" no-caps unelevated label="Look at this text"
          :disable="busy || !text.trim()" @click="sendText" />
      </div>
      <p v-if="said" class="rh-drop-said" role="status">{{ said }}</p>
      <input ref="files" type="file" multiple hidden @change="chosen">
      <input ref="folder" type="file" webkitdirectory hidden @change="chosen">
    </section>
  `,
  props: { url: String, largest: Number, most: Number, files: Number },
  data: () => ({ over: 0, text: "", said: "", busy: false, folders: true }),

  mounted() {
    this.folders = "webkitdirectory" in HTMLInputElement.prototype;
    document.addEventListener("paste", this.paste);
  },

  beforeUnmount() {
    document.removeEventListener("paste", this.paste);
  },

  methods: {
    async drop(event) {
      this.over = 0;
      const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
      // Both must be asked for before anything is waited for: the drop is forgotten then.
      const entries = items.map((item) => item.webkitGetAsEntry?.());
      const plain = [...event.dataTransfer.files];
      const text = event.dataTransfer.getData("text/plain");
      if (!plain.length && !items.length) {
        if (text) this.add(text);
        return;
      }
      const found = [];
      this.said = "Looking at what was dropped.";
      if (entries.length && entries.every(Boolean)) {
        for (const entry of entries) await walk(entry, "", found);
      } else {
        found.push(...plain.map((file) => ({ name: file.name, file })));
      }
      await this.send(found);
    },

    async chosen(event) {
      const files = [...event.target.files];
      const named = files.map((file) => ({ name: file.webkitRelativePath || file.name, file }));
      event.target.value = ""; // so that the same ones can be chosen again
      const hidden = ({ name }) => HIDDEN.test(name);
      await this.send(named.map((each) => (hidden(each) ? { ...each, why: "hidden" } : each)));
    },

    paste(event) {
      const place = event.target;
      if (place.closest?.("input, textarea, [contenteditable], .cm-editor")) return;
      const files = [...event.clipboardData.files];
      const text = event.clipboardData.getData("text/plain");
      if (!files.length && !text) return;
      event.preventDefault();
      if (files.length) this.send(files.map((file) => ({ name: file.name, file })));
      else this.add(text);
    },

    add(text) {
      this.text = this.text.trim() ? `${this.text}\n\n${text}` : text;
      this.$nextTick(() => this.$refs.text.focus());
    },

    async sendText() {
      if (this.text.isWellFormed && !this.text.isWellFormed()) {
        this.said = "There is half a character in this text, as when it was cut in the middle of " +
          "an emoji. Copy it once more from where it is whole.";
        return;
      }
      const file = new File([this.text], "pasted text", { type: "text/plain" });
      if (file.size > this.largest) {
        const size = (file.size / 1e6).toFixed(1);
        this.said = `This text has ${size} MB, and ${this.largest / 1e6} MB can be taken at once. ` +
          "It stays here: import it in parts.";
        return;
      }
      await this.send([{ name: "", file }]);
    },

    // A row came of the text, so it need not stay here.
    forget() {
      this.text = "";
    },

    async sort(found) {
      const refused = [], taken = [];
      let total = 0;
      for (const { name, file, why } of found) {
        let reason = why || "";
        if (!reason && file.size > this.largest) reason = "large";
        else if (!reason && total + file.size > this.most) reason = "total";
        else if (!reason && taken.length >= this.files) reason = "many";
        if (!reason) {
          try {
            await file.slice(0, 1).arrayBuffer();
          } catch {
            reason = "unreadable"; // gone since, or not allowed: it would break the whole upload
          }
        }
        if (reason) refused.push([name, reason]);
        else {
          taken.push({ name, file });
          total += file.size;
        }
      }
      return { refused, taken };
    },

    async send(found) {
      if (this.busy) {
        this.said = "One moment: the last files are still being read. Then drop these again.";
        return;
      }
      this.busy = true;
      try {
        const { refused, taken } = await this.sort(found);
        for (let i = 0; i < refused.length; i += 200)
          this.$emit("refused", refused.slice(i, i + 200));
        this.said = "";
        if (taken.length) await this.upload(taken);
      } finally {
        this.busy = false;
      }
    },

    async upload(taken) {
      const form = new FormData();
      taken.forEach(({ name, file }, i) => form.append(`file-${i}`, file, name || "pasted text"));
      this.said = taken.length > 1 ? `Sending ${taken.length} files.` : "Sending it.";
      try {
        const to = (this.url.startsWith("/") ? window.path_prefix || "" : "") + this.url;
        const answer = await fetch(to, { method: "POST", body: form });
        if (answer.ok) this.said = "";
        else {
          const told = await answer.json().catch(() => ({}));
          this.said = told.error || told.detail || "The server did not take it.";
          this.said += " Nothing was imported.";
        }
      } catch {
        this.said = "It did not arrive: the connection was lost, or a file was changed meanwhile. " +
          "Nothing was imported. Try it again.";
      }
    },
  },
};
