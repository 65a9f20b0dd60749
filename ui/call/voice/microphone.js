// The microphone before and during a call: opened on a click only, closed without a trace.

/** What we ask of every microphone. */
export const CAPTURE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

const FAILURES = {
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  AbortError: "busy",
  NotAllowedError: "blocked",
};
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
    this.device = "";
    this.stream = null;
    this.opening = null;
    this.permission = null;
    this.muted = false;
    this.unheard = 0;
  }

  get track() {
    return this.stream?.getAudioTracks()[0] ?? null;
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
    const wanted = this.device ? { ...CAPTURE, deviceId: { exact: this.device } } : CAPTURE;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
      if (this.asked !== asked) return this.discard(stream); // closed or asked again meanwhile
      await this.use(stream);
    } catch (error) {
      return this.failed(error);
    }
    this.reportDevices();
    return this.setState("ok");
  }

  async use(stream) {
    const old = this.stream;
    this.stream = stream;
    this.unheard = 0;
    this.track.enabled = !this.muted;
    this.track.onended = () => this.stream === stream && this.choose("");
    await this.onTrack(this.track);
    stopAll(old);
  }

  /** Changes to that device, or to what the system offers when it is "" (one was unplugged). */
  async choose(device) {
    this.device = device;
    if (this.stream) await this.open(true);
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

  failed(error) {
    if (this.device) {
      this.device = ""; // the chosen one is gone: any other is better than none
      return this.capture();
    }
    let state = FAILURES[error.name] ?? "error";
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

  async reportDevices() {
    if (!this.stream) return;
    const all = await navigator.mediaDevices.enumerateDevices();
    const devices = all
      .filter(({ kind, deviceId }) => kind === "audioinput" && deviceId)
      .map(({ deviceId, label }, i) => ({ id: deviceId, label: label || `Microphone ${i + 1}` }));
    this.tell("devices", { devices, device: this.track?.getSettings().deviceId ?? "" });
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
