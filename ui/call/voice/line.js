// What every element with a room in it does alike: lose it, leave it, and be heard. As a mixin: the
// element has `room`, `sdk`, `meter`, `seen`, `tell` and `release`, and `speakers` in its template;
// its property `reconnect_timeout` is for how many seconds a broken line is tried again.

import { findNetwork } from "./network.js";
import { newRoom } from "./room.js";

const FORBIDDEN = 400; // ms until a start of sound that the browser left pending can be seen

export const line = {
  props: { reconnect_timeout: Number },

  methods: {
    /** A new room; `more` adds handlers by event name. They hear it only while it is the element's. */
    openRoom(more, options = {}) {
      const { DisconnectReason, RoomEvent: On } = this.sdk;
      const room = newRoom(this.sdk, this.reconnect_timeout, options);
      const handlers = {
        [On.AudioPlaybackStatusChanged]: () => this.setPlayback(),
        [On.SignalReconnecting]: () => this.setState("reconnecting"),
        [On.Reconnecting]: () => this.setState("reconnecting"),
        [On.Reconnected]: () => this.setState("reconnected"),
        [On.Disconnected]: (reason) => this.left(DisconnectReason[reason]),
        ...more,
      };
      for (const [name, handler] of Object.entries(handlers))
        room.on(name, (...args) => this.room === room && handler(...args));
      return room;
    },

    async disconnect() {
      await this.release();
      this.setState("disconnected", { reason: "CLIENT_INITIATED" });
    },

    left(reason = "UNKNOWN_REASON") {
      if (this.seen.state === "connecting") return; // connect() tells it, with its reason
      this.release();
      this.setState("disconnected", { reason });
    },

    async failed(error, network = this.checkNetwork()) {
      const { state } = this.seen;
      this.release();
      await network; // told first: it says why
      if (this.attempt || this.seen.state !== state) return; // hung up, or tried again, meanwhile
      // The SDK copies the number of the reason from the inner error, but not its name.
      const reason = this.sdk?.ConnectionErrorReason?.[error?.reason] ?? error?.name ?? "Error";
      const detail = String(error?.message ?? error);
      this.setState("failed", { reason, status: error?.status ?? 0, detail });
    },

    setState(state, more = {}) {
      if (this.seen.state === state) return;
      this.seen.state = state;
      if (state === "reconnecting") this.checkNetwork();
      if (["connected", "reconnected"].includes(state)) this.setNetwork("found");
      this.tell("connection", { state, reason: "", status: 0, detail: "", ...more });
    },

    // Without any network a try to join would hang until its time is over: it fails at once.
    async needNetwork(attempt) {
      if (navigator.onLine) return;
      const network = await this.checkNetwork();
      if (network === "none" && this.attempt === attempt && this.seen.state === "connecting")
        this.failed(Object.assign(new Error("no network"), { name: "NoNetwork" }), network);
    },

    async checkNetwork() {
      const network = await findNetwork().catch(() => "found");
      this.setNetwork(network);
      return network;
    },

    setNetwork(state) {
      if ((this.seen.network ?? "found") === state) return;
      this.seen.network = state;
      this.tell("network", { state });
    },

    hang(track, who) {
      this.$refs.speakers.append(track.attach()); // Chromium feeds the meter only when attached
      this.meter.add(who, track.mediaStreamTrack);
      this.checkPlayback();
    },

    unhang(track) {
      track.detach().forEach((element) => element.remove());
      this.meter.drop(track.mediaStreamTrack);
    },

    async enable_audio() {
      await Promise.allSettled([this.meter.start(), this.room?.startAudio()]);
      this.setPlayback();
    },

    // The browser leaves a forbidden start pending and says nothing, so look a little later.
    checkPlayback() {
      setTimeout(() => this.setPlayback(), FORBIDDEN);
    },

    setPlayback() {
      const allowed = (this.room?.canPlaybackAudio ?? true) && this.meter.running;
      if (!this.room || this.seen.playback === allowed) return;
      this.seen.playback = allowed;
      this.tell("playback", { allowed });
    },
  },
};
