// The microphone before and during a call: opened on a click only, closed without a trace.

import { chosenDevice, devicesOf, findDevice, keepDevice, SYSTEM, tellReturned } from "./devices.js";

/** What we ask of every microphone. */
export const CAPTURE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

const FAILURES = {
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  AbortError: "busy",
  NotAllowedError: "blocked",
};
const KIND = "audioinput";
const UNHEARD = 8; // seconds of silence, the persona silent too, before we say so
const SILENCE = -65; // dBFS: below this a microphone gives nothing

/**
 * States: unknown, asking, ok, silent, blocked, blocked_by_system, dismissed, none, busy, insecure,
 * unsupported, error. Every change goes to `tell`, every new track (or null) to `onTrack`.
 */
export class Microphone {
  constructor(tell, onTrack) {
    this.tell = tell;
    this.onTrack = onTrack;
    this.state = "unknown";
    this.wish = chosenDevice(KIND);
    this.refused = ""; // the id that did not open, until devices come or go
    this.gone = false; // whether the chosen one was not there at the last look
    this.looks = Promise.resolve();
    this.stream = null;
    this.opening = null;
    this.permission = null;
    this.muted = false;
    this.unheard = 0;
  }

  get track() {
    return this.stream?.getAudioTracks()[0] ?? null;
  }

  /** The id of the one in use, "" for none. */
  get device() {
    return this.track?.getSettings().deviceId ?? "";
  }

  /** Learns the browser's mind without asking the user, and follows it from then on. */
  async foresee() {
    try {
      this.permission = await navigator.permissions.query({ name: "microphone" });
    } catch {
      return; // a browser that cannot say: we ask at the click
    }
    const look = () => this.permission.state === "denied" && !this.stream && this.setState("blocked");
    this.permission.onchange = look;
    look();
  }

  /** Whether opening it will ask nothing. */
  get allowed() {
    return this.stream !== null || this.permission?.state === "granted";
  }

  /** Opens it once; resolves with the state it came to. */
  open(again = false) {
    if (this.stream && !again) return Promise.resolve(this.state);
    this.opening = this.capture();
    return this.opening;
  }

  async capture() {
    if (!navigator.mediaDevices?.getUserMedia)
      return this.setState(window.isSecureContext ? "unsupported" : "insecure");
    // Where the answer is known to be no, the page stays as it is: what it offers may be clicked on.
    if (!this.stream && this.permission?.state !== "denied") this.setState("asking");
    const asked = (this.asked = {});
    const id = this.wish && this.wish.id !== this.refused ? this.wish.id : "";
    const wanted = id ? { ...CAPTURE, deviceId: { exact: id } } : CAPTURE;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
      if (this.asked !== asked) return this.discard(stream); // closed or asked again meanwhile
      await this.use(stream);
    } catch (error) {
      return this.failed(error, id);
    }
    this.look();
    return this.setState("ok");
  }

  async use(stream) {
    const old = this.stream;
    this.stream = stream;
    this.unheard = 0;
    this.track.enabled = !this.muted;
    const { device } = this;
    this.track.onended = () => this.stream === stream && this.unplugged(device);
    await this.onTrack(this.track);
    stopAll(old);
  }

  /** Changes to that device, for the next calls too; SYSTEM stands for what the system offers. */
  async choose(id) {
    const device = (await devicesOf(KIND)).find((each) => each.id === id);
    this.wish = id === SYSTEM ? null : (device ?? this.wish);
    keepDevice(KIND, this.wish);
    this.refused = "";
    this.gone = false;
    if (this.stream) await this.open(true);
  }

  /** What the system offers takes over, until the chosen one comes back. */
  async unplugged(id) {
    this.refused = id;
    await this.open(true);
  }

  /** Devices came or went. */
  devicesChanged() {
    this.refused = "";
    return this.look();
  }

  /** Looks what is there now and takes the chosen one, one look after the other. */
  look() {
    this.looks = this.looks.then(() => this.settle()).catch(() => {});
    return this.looks;
  }

  async settle() {
    await this.opening;
    if (!this.stream) return;
    const devices = await devicesOf(KIND);
    const wanted = findDevice(devices, this.wish);
    const back = this.gone;
    this.gone = this.wish !== null && (wanted === null || wanted.id === this.refused);
    if (!this.stream) return;
    if (wanted && !this.gone && wanted.id !== this.device) {
      this.wish = wanted;
      keepDevice(KIND, wanted);
      await this.open(true);
    }
    if (back && this.device === wanted?.id) tellReturned(this.tell, wanted);
    const missing = this.wish && !wanted ? this.wish.label : "";
    this.tell("devices", { devices, device: this.device, missing });
  }

  mute(muted) {
    this.muted = muted;
    this.unheard = 0;
    if (this.track) this.track.enabled = !muted;
  }

  close() {
    this.asked = null;
    stopAll(this.stream);
    this.stream = null;
    this.opening = null;
    this.onTrack(null);
    if (["ok", "silent", "asking"].includes(this.state)) this.setState("unknown");
  }

  discard(stream) {
    stopAll(stream);
    return this.state;
  }

  failed(error, id) {
    let state = FAILURES[error.name] ?? "error";
    if (id && ["none", "busy"].includes(state)) {
      this.refused = id; // the chosen one is gone or in use: any other is better than none
      return this.capture();
    }
    if (state === "blocked" && /system/i.test(error.message)) state = "blocked_by_system";
    if (state === "blocked" && /dismiss/i.test(error.message)) state = "dismissed";
    this.close();
    return this.setState(state, error.message);
  }

  /** Called with each level: notices a microphone that gives nothing, and one that came back. */
  hear(level, seconds) {
    if (!this.stream || this.muted) return;
    this.unheard = level > SILENCE ? 0 : this.unheard + seconds;
    if (this.unheard > UNHEARD && this.state === "ok") this.setState("silent");
    if (this.unheard === 0 && this.state === "silent") this.setState("ok");
  }

  setState(state, detail = "") {
    if (this.state !== state) {
      this.state = state;
      this.tell("microphone", { state, detail });
    }
    return state;
  }
}

function stopAll(stream) {
  stream?.getTracks().forEach((track) => {
    track.onended = null;
    track.stop();
  });
}
