// Levels of both voices and the time between them, measured in the page on the audio clock.

const BOTTOM = -60; // dBFS shown as an empty meter
const RANGE = 50; // dB from an empty to a full one
const CALM = 500; // ms between two looks of the meters under prefers-reduced-motion

/**
 * Feeds both sides' tracks to the worklet and shows what it hears; other messages go to `onMessage`.
 * A side may have more than one track: a voice that took over comes while the one before is there.
 */
export class Meter {
  constructor(onMessage, onPlayable) {
    this.onMessage = onMessage;
    this.onPlayable = onPlayable;
    this.context = null;
    this.node = null;
    this.tracks = new Map(); // each with its side, "mic" or "persona"
    this.sources = new Map();
    this.shown = 0;
    this.sink = "";
  }

  /** Sends the signs for the ear to that loudspeaker, "" for the system's. */
  async playOn(sink) {
    this.sink = sink;
    if (this.context && (this.context.sinkId ?? "") !== sink) await this.context.setSinkId?.(sink);
  }

  /** Whether the audio clock runs; the browser stops it until the user has clicked. */
  get running() {
    return !this.context || this.context.state === "running";
  }

  /** To be called in the user's gesture, so that the browser lets the clock run. */
  async start() {
    if (!this.context && window.AudioContext) {
      this.context = new AudioContext({ latencyHint: "interactive" });
      this.context.onstatechange = () => this.onPlayable();
      this.build(this.context);
      this.playOn(this.sink).catch(() => {}); // it may be gone; whoever chose it looks again
    }
    await this.context?.resume().catch(() => {}); // closed meanwhile
  }

  async build(context) {
    try {
      await context.audioWorklet.addModule(new URL("./worklet.js", import.meta.url));
    } catch (error) {
      if (this.context !== context) return; // closed meanwhile
      console.warn("No voice meter:", error);
      return;
    }
    if (this.context !== context) return;
    this.node = new AudioWorkletNode(context, "voice-meter", { numberOfInputs: 2 });
    this.node.connect(context.destination); // gives silence; unconnected it would not run
    this.node.port.onmessage = ({ data }) => this.receive(data);
    for (const track of this.tracks.keys()) this.plug(track);
  }

  /** Listen to that track alone as "mic" or "persona"; null to stop. */
  feed(who, track) {
    for (const [each, side] of [...this.tracks]) if (side === who) this.drop(each);
    if (track) this.add(who, track);
  }

  /** Listen to that track, too. */
  add(who, track) {
    this.drop(track);
    this.tracks.set(track, who);
    if (this.node) this.plug(track);
  }

  drop(track) {
    this.sources.get(track)?.disconnect();
    this.sources.delete(track);
    this.tracks.delete(track);
  }

  plug(track) {
    const source = this.context.createMediaStreamSource(new MediaStream([track]));
    source.connect(this.node, 0, this.tracks.get(track) === "mic" ? 0 : 1);
    this.sources.set(track, source);
  }

  receive(data) {
    if (data.event === "levels") this.show({ mic: data.mic, persona: data.persona });
    this.onMessage(data);
  }

  /** ms since that moment of the audio clock. */
  age(at) {
    return this.context ? (this.context.currentTime - at) * 1000 : 0;
  }

  /** Puts each level, 0 to 1, into --level of the elements with that data-level. */
  show(levels) {
    const now = performance.now();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (calm && now - this.shown < CALM) return;
    this.shown = now;
    for (const [who, level] of Object.entries(levels)) {
      const share = Math.min(1, Math.max(0, (level - BOTTOM) / RANGE)).toFixed(2);
      for (const each of document.querySelectorAll(`[data-level="${who}"]`))
        each.style.setProperty("--level", share);
    }
  }

  /** Leaves no audio thread behind. */
  close() {
    for (const track of [...this.tracks.keys()]) this.drop(track);
    this.node?.port.postMessage("close");
    this.node?.disconnect();
    this.context?.close().catch(() => {});
    Object.assign(this, { context: null, node: null, shown: 0 });
    this.show({ mic: -100, persona: -100 });
  }
}
