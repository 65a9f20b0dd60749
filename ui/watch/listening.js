// One LiveKit room in the page of somebody who listens: both voices in, nothing out.
// What happens is told to Python by one event, "voice", with a "kind", as in voice_call.js.

import { CONNECT, line, loadSdk, Meter, Teller } from "rehearsal-voice";

export default {
  template: `<div ref="speakers" hidden></div>`,
  mixins: [line],
  props: { sdk_url: String },

  // Plain properties and not data(): Vue's proxies would break the SDK's objects.
  created() {
    this.sdk = null;
    this.room = null;
    this.seen = { state: "ready", playback: true };
    this.meter = new Meter(this.onMeter, () => this.setPlayback());
    this.leave = () => this.release();
    this.teller = new Teller((data) => this.$emit("voice", data));
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
        this.needNetwork(attempt);
        await this.room.connect(url, token, CONNECT);
        this.setState("connected");
        this.checkPlayback();
      } catch (error) {
        if (this.attempt === attempt) this.failed(error);
      }
    },

    makeRoom() {
      const { RoomEvent: On } = this.sdk;
      return this.openRoom({
        [On.TrackSubscribed]: (track, _, who) => track.kind === "audio" && this.hang(track, side(who)),
        [On.TrackUnsubscribed]: (track) => this.unhang(track),
      });
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

    tell(kind, data) {
      Object.assign(window.__listening, this.seen);
      this.teller.tell({ ...data, kind });
    },
  },
};

// The worker's side of a call joins as an agent; everybody else who can be seen is the trainee.
function side(participant) {
  return participant.isAgent ? "persona" : "mic";
}
