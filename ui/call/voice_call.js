// One LiveKit room in the page: microphone out, persona in, meters and timing beside them.
// Everything that happens is told to Python by one event, "voice", with a "kind".

import {
  arrivals, CONNECT, forget, guard, leftBehind, line, loadSdk, Loudspeaker, mark, Meter, Microphone,
  newProbe, probe, Pulse, remember, showSilence, soundTrouble, StreamWatch, SYSTEM, Teller,
} from "rehearsal-voice";

const PUBLISH = { audioBitrate: 24000, dtx: true, red: true };
const LOST_AFTER = 4000; // ms of a lost connection before it is told
const LEVEL_SECONDS = 0.032; // between two levels from the worklet

export default {
  template: `<div ref="speakers" hidden></div>`,
  mixins: [line],
  props: {
    sdk_url: String, sdk_ready: Boolean, waiting: String, at_once: Boolean, at_once_voice: Boolean,
  },

  // Plain properties and not data(): Vue's proxies would break the SDK's objects.
  created() {
    this.sdk = null;
    this.room = null;
    this.published = null;
    this.voices = new Map(); // the persona's tracks, each with its watch; the last one plays
    this.pulse = null;
    this.used = false; // whether the microphone was in use in this page
    this.sink = SYSTEM; // the id of the loudspeaker
    this.call = ""; // the id of the call that this page is in
    this.seen = { state: "ready", playback: true, quality: "unknown" };
    this.stops = [];
    this.teller = new Teller((data) => this.$emit("voice", data));
    this.microphone = new Microphone(this.tell, this.onTrack);
    this.loudspeaker = new Loudspeaker(this.tell, this.playOn);
    this.meter = new Meter(this.onMeter, () => this.setPlayback());
  },

  mounted() {
    newProbe();
    this.listen(window, "pagehide", () => this.leavePage());
    this.listen(window, "keydown", this.onKey);
    this.listen(navigator.mediaDevices, "devicechange", this.onDevices);
    this.stops.push(guard(() => this.call !== "", (target) => this.tell("leaving", { target })));
    if (this.sdk_ready) this.loadSdk().catch(() => {});
    this.foresee().then(() => (this.at_once ? this.beginAtOnce() : this.offerReturn()));
  },

  watch: {
    sdk_ready(ready) {
      if (ready) this.loadSdk().catch(() => {});
    },
  },

  beforeUnmount() {
    this.stops.forEach((stop) => stop());
    this.release();
  },

  methods: {
    // What can be said about the microphone before anything is asked.
    async foresee() {
      if (!navigator.mediaDevices) return this.microphone.capture();
      this.loudspeaker.look();
      await this.microphone.foresee();
    },

    // The click on "Start Voice Call", inside the user's gesture: sound is unlocked, and a
    // microphone that is already allowed opens while the call is set up. A question is waited for.
    async gesture(useMicrophone, begin) {
      newProbe();
      mark("click");
      const certain = !useMicrophone || this.microphone.allowed;
      if (certain) begin(); // first of all: audio may take a while to start
      this.meter.start();
      if (useMicrophone) await this.microphone.open();
      if (!certain) begin();
    },

    // The click was on the page before: a browser that lets no sound begin by itself says so later.
    beginAtOnce() {
      this.gesture(this.at_once_voice, () => this.$emit("at_once"));
    },

    // After a reload: sound and microphone as they were, if the browser gives them without a click.
    async offerReturn() {
      const left = leftBehind();
      if (!left || left.call !== this.waiting) return forget();
      newProbe();
      mark("click");
      this.reopen(left);
      this.tell("left_behind", { call: left.call });
    },

    reopen({ voice, muted }) {
      this.meter.start(); // not waited for: without a click it stays undone
      this.microphone.mute(muted);
      if (voice && this.microphone.allowed) this.microphone.open();
    },

    // Joins the room of a call; `again` when it was lost in mid-call, and all of it is made anew.
    async connect(url, token, call, again = false) {
      mark("ticket");
      const attempt = (this.attempt = {});
      this.call = call;
      this.keep();
      if (again) this.reopen({ voice: this.used, muted: this.microphone.muted });
      await this.leaveRoom();
      this.setState("connecting");
      try {
        await this.loadSdk();
        if (this.attempt !== attempt) return;
        this.room = this.makeRoom();
        this.loudspeaker.look();
        const joined = this.room.connect(url, token, CONNECT);
        this.needNetwork(attempt);
        this.publish(); // waits by itself until the server takes it
        await joined;
        mark("connected");
        this.setState("connected");
        if (this.microphone.muted) this.tell("muted", { muted: true });
        this.watchPulse();
        this.checkPlayback();
      } catch (error) {
        if (this.attempt === attempt) this.failed(error);
      }
    },

    set_muted(muted) {
      this.microphone.mute(muted);
      if (this.published) (muted ? this.published.mute() : this.published.unmute()).catch(() => {});
      probe().muted = muted;
      this.tell("muted", { muted });
      this.keep();
    },

    // The call is over for this page, by its own doing.
    async disconnect() {
      this.forget_call();
      this.microphone.mute(false);
      await this.release();
      this.setState("disconnected", { reason: "CLIENT_INITIATED" });
    },

    forget_call() {
      this.call = "";
      forget();
    },

    // What a page that is loaded anew in this tab goes on with.
    keep() {
      const { used: voice, call } = this;
      if (call) remember({ call, voice, muted: this.microphone.muted });
    },

    watchPulse() {
      this.pulse?.stop();
      const ends = () => [this.published?.sender, [...this.voices.keys()].at(-1)?.receiver];
      this.pulse = new Pulse(() => arrivals(ends().filter(Boolean)), (silent) => {
        probe().silent = silent;
        showSilence(silent);
      });
      this.keep();
    },

    async set_microphone(device) {
      await this.microphone.choose(device);
    },

    async set_loudspeaker(device) {
      await this.loudspeaker.choose(device);
    },

    // Also the "check my microphone" before a call: it opens, and its meter moves.
    async retry_microphone() {
      this.meter.start();
      await this.microphone.open(true);
      await this.publish();
    },

    sound_trouble() {
      if (this.room && soundTrouble(this.meter.context)) probe().tones += 1;
    },

    // ---- the room ----

    async loadSdk() {
      this.sdk = await loadSdk(this.sdk_url);
      return this.sdk;
    },

    makeRoom() {
      const { RoomEvent: On } = this.sdk;
      const handlers = {
        [On.TrackSubscribed]: this.addPersona,
        [On.TrackUnsubscribed]: this.removePersona,
        // The SDK has a mind of its own about devices that come and go.
        [On.ActiveDeviceChanged]: (kind, device) =>
          kind === "audiooutput" && device !== this.sink && this.loudspeaker.look(),
        [On.ConnectionQualityChanged]: (quality, who) => who.isLocal && this.setQuality(quality),
      };
      return this.openRoom(handlers, { publishDefaults: PUBLISH });
    },

    async publish() {
      const room = this.room;
      await this.microphone.opening;
      if (!room || room !== this.room || !this.microphone.track || this.published) return;
      const track = new this.sdk.LocalAudioTrack(this.microphone.track, undefined, true);
      this.published = track;
      try {
        await room.localParticipant.publishTrack(track, { source: "microphone", name: "microphone" });
        if (this.microphone.muted) await track.mute();
        mark("published");
      } catch (error) {
        if (room !== this.room) return;
        this.published = null;
        this.microphone.setState("error", String(error?.message ?? error));
      }
    },

    async onTrack(track) {
      if (track) {
        mark("microphone");
        this.used = true;
        this.keep();
        this.loudspeaker.look(); // now they have names
      }
      this.meter.feed("mic", track);
      if (!track || !this.published) return;
      await this.published.replaceTrack(track);
      if (!this.microphone.muted) await this.published.unmute(); // the SDK mutes an unplugged one
    },

    async playOn(device) {
      this.sink = device;
      const { room } = this;
      if (room && (room.getActiveDevice("audiooutput") ?? SYSTEM) !== device)
        await room.switchActiveDevice("audiooutput", device);
      await this.meter.playOn(device === SYSTEM ? "" : device);
      probe().loudspeaker = device;
    },

    onDevices() {
      this.microphone.devicesChanged();
      this.loudspeaker.look();
    },

    addPersona(track) {
      if (track.kind !== "audio") return;
      mark("subscribed");
      this.hang(track, "persona");
      this.voices.set(track, new StreamWatch(track, (choppy) => this.tell("choppy", { choppy })));
      this.tell("persona", { present: true });
    },

    removePersona(track) {
      this.unhang(track);
      this.voices.get(track)?.stop();
      this.voices.delete(track);
      this.tell("persona", { present: this.voices.size > 0 });
    },

    async leaveRoom() {
      const room = this.room;
      this.room = this.published = null;
      this.voices.forEach((watch) => watch.stop());
      this.voices.clear();
      this.pulse?.stop();
      if (!room) return;
      for (const { audioTrackPublications } of room.remoteParticipants.values())
        for (const { track } of audioTrackPublications.values())
          track?.detach().forEach((element) => element.remove());
      await room.disconnect(true).catch(() => {});
    },

    // After this nothing is left: no room, no microphone light, no sound, no audio thread.
    async release() {
      this.attempt = null;
      const leaving = this.leaveRoom();
      this.microphone.close();
      this.meter.close();
      Object.assign(this.seen, { playback: true, quality: "unknown" });
      await leaving;
    },

    // The last words often still get out, and the line is free at once; else the server finds out.
    leavePage() {
      if (this.room) this.setState("disconnected", { reason: "PAGE_LEFT" });
      this.release();
    },

    // ---- what the meters and the browser say ----

    onMeter(data) {
      const { latencies, bargeIns, spans } = probe();
      if (data.event === "levels") this.onLevels(data);
      if (data.event === "onset" && data.who === "persona") this.onSound(data.at);
      if (data.event === "onset" || data.event === "end") spans.push(data);
      if (data.event === "latency") latencies.push(data);
      if (data.event === "barge_in") bargeIns.push(data);
      if (data.event === "latency" || data.event === "barge_in") this.tell(data.event, data);
    },

    onLevels({ mic, persona }) {
      Object.assign(probe(), { micLevel: mic, personaLevel: persona });
      if (this.room && persona < -60) this.microphone.hear(mic, LEVEL_SECONDS);
    },

    onSound(at) {
      if (probe().firstSound !== null || !this.room) return;
      mark("firstSound", performance.now() - this.meter.age(at));
      const { firstSound, click } = probe().marks;
      probe().firstSound = Math.round(firstSound - (click ?? firstSound));
      this.tell("first_sound", { ms: probe().firstSound });
    },

    // A busy machine counts as a lost connection for a moment, while the sound goes on.
    setQuality(quality) {
      clearTimeout(this.lost);
      if (quality !== "lost") return this.tellQuality(quality);
      this.lost = setTimeout(() => this.room && this.tellQuality(quality), LOST_AFTER);
    },

    tellQuality(quality) {
      if (this.seen.quality === quality) return;
      this.seen.quality = quality;
      this.tell("quality", { quality });
    },

    tell(kind, data = {}) {
      const { state, playback, quality } = this.seen;
      const microphone = this.microphone.state;
      Object.assign(probe(), { state, playback, quality, microphone });
      this.teller.tell({ ...data, kind });
    },

    onKey(event) {
      const { target, key } = event;
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      if (key !== " " && key.toLowerCase() !== "m") return;
      if (target.closest?.("input, textarea, select, [contenteditable=true], .q-dialog")) return;
      if (key === " " && target.closest?.("button, a, [role=button], summary")) return;
      if (!this.room || !this.microphone.track) return;
      event.preventDefault(); // the space bar would scroll the page
      this.set_muted(!this.microphone.muted);
    },

    listen(target, name, handler) {
      target?.addEventListener(name, handler);
      this.stops.push(() => target?.removeEventListener(name, handler));
    },
  },
};
