// One LiveKit room in the page of somebody who listens: both voices in, nothing out.
// What happens is told to Python by one event, "voice", with a "kind", as in voice_call.js.

import { CONNECT, loadSdk, Meter, newRoom } from "rehearsal-voice";

export default {
  template: `<div ref="speakers" hidden></div>`,
  props: { sdk_url: String },

  // Plain properties and not data(): Vue's proxies would break the SDK's objects.
  created() {
    this.sdk = null;
    this.room = null;
    this.seen = { state: "ready", playback: true };
    this.meter = new Meter(this.onMeter, () => this.setPlayback());
    this.leave = () => this.release();
  },

  mounted() {
    // For tests: levels in dBFS, the loudest yet of each, and the identities of all in the room.
    window.__listening = { ...this.seen, trainee: -100, persona: -100, loudest: {}, others: [] };
    window.addEventListener("pagehide", this.leave);
  },

  beforeUnmount() {
    window.removeEventListener("pagehide", this.leave);
    this.release();
  },

  methods: {
    async connect(url, token) {
      const attempt = (this.attempt = {});
      await this.leaveRoom();
      this.setState("connecting");
      this.meter.start(); // not waited for: without a click it stays undone
      try {
        this.sdk = await loadSdk(this.sdk_url);
        if (this.attempt !== attempt) return;
        this.room = this.makeRoom();
        await this.room.connect(url, token, CONNECT);
        this.setState("connected");
        this.checkPlayback();
      } catch (error) {
        if (this.attempt === attempt) this.failed(error);
      }
    },

    async disconnect() {
      await this.release();
      this.setState("disconnected", { reason: "CLIENT_INITIATED" });
    },

    async enable_audio() {
      await Promise.allSettled([this.meter.start(), this.room?.startAudio()]);
      this.setPlayback();
    },

    makeRoom() {
      const { DisconnectReason, RoomEvent: On } = this.sdk;
      const room = newRoom(this.sdk);
      const on = (name, handler) =>
        room.on(name, (...args) => this.room === room && handler(...args));
      on(On.TrackSubscribed, (track, _, who) => this.addVoice(track, who));
      on(On.TrackUnsubscribed, (track, _, who) => this.removeVoice(track, who));
      on(On.AudioPlaybackStatusChanged, () => this.setPlayback());
      on(On.SignalReconnecting, () => this.setState("reconnecting"));
      on(On.Reconnecting, () => this.setState("reconnecting"));
      on(On.Reconnected, () => this.setState("reconnected"));
      on(On.Disconnected, (reason) => this.left(DisconnectReason[reason]));
      return room;
    },

    addVoice(track, who) {
      if (track.kind !== "audio") return;
      this.$refs.speakers.append(track.attach()); // Chromium feeds the meter only when attached
      this.meter.feed(side(who), track.mediaStreamTrack);
      this.checkPlayback();
    },

    removeVoice(track, who) {
      track.detach().forEach((element) => element.remove());
      this.meter.feed(side(who), null);
    },

    left(reason = "UNKNOWN_REASON") {
      if (this.seen.state === "connecting") return; // connect() tells it, with its reason
      this.release();
      this.setState("disconnected", { reason });
    },

    failed(error) {
      this.release();
      const reason = this.sdk?.ConnectionErrorReason?.[error?.reason] ?? error?.name ?? "Error";
      this.setState("failed", { reason, detail: String(error?.message ?? error) });
    },

    async leaveRoom() {
      const room = this.room;
      this.room = null;
      this.$refs.speakers?.replaceChildren();
      await room?.disconnect(true).catch(() => {});
    },

    // After this nothing is left: no room, no sound, no audio thread.
    async release() {
      this.attempt = null;
      const leaving = this.leaveRoom();
      this.meter.close();
      this.seen.playback = true;
      await leaving;
    },

    onMeter({ event, mic, persona }) {
      if (event !== "levels" || !this.room) return;
      const { loudest } = window.__listening;
      const levels = { trainee: mic, persona };
      for (const who of Object.keys(levels))
        loudest[who] = Math.max(loudest[who] ?? -100, levels[who]);
      const others = [...this.room.remoteParticipants.keys()];
      Object.assign(window.__listening, levels, { others });
    },

    // The browser leaves a forbidden start pending and says nothing, so look a little later.
    checkPlayback() {
      setTimeout(() => this.setPlayback(), 400);
    },

    setPlayback() {
      const allowed = (this.room?.canPlaybackAudio ?? true) && this.meter.running;
      if (!this.room || this.seen.playback === allowed) return;
      this.seen.playback = allowed;
      this.tell("playback", { allowed });
    },

    setState(state, more = {}) {
      if (this.seen.state === state) return;
      this.seen.state = state;
      this.tell("connection", { state, reason: "", status: 0, detail: "", ...more });
    },

    tell(kind, data) {
      Object.assign(window.__listening, this.seen);
      this.$emit("voice", { ...data, kind });
    },
  },
};

// The worker's side of a call joins as an agent; everybody else who can be seen is the trainee.
function side(participant) {
  return participant.isAgent ? "persona" : "mic";
}
