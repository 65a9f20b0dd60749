// Whether the persona's sound arrives whole.

const EVERY = 2000; // ms between two looks
const CHOPPY = 0.08; // share of its samples that the browser had to make up

/** Watches one remote track; `tell(choppy)` is called when it becomes choppy or whole again. */
export class StreamWatch {
  constructor(track, tell) {
    this.track = track;
    this.tell = tell;
    this.last = null;
    this.choppy = false;
    this.timer = setInterval(() => this.look(), EVERY);
  }

  async look() {
    const report = await this.track.receiver?.getStats().catch(() => null);
    const stream = [...(report?.values() ?? [])].find(({ type }) => type === "inbound-rtp");
    if (!stream || !this.timer) return;
    // Samples made up during silence are nothing that anyone hears.
    const made = (stream.concealedSamples ?? 0) - (stream.silentConcealedSamples ?? 0);
    const now = { made, all: stream.totalSamplesReceived ?? 0 };
    const last = this.last ?? now;
    this.last = now;
    const choppy = (now.made - last.made) / Math.max(1, now.all - last.all) > CHOPPY;
    if (choppy !== this.choppy) this.tell((this.choppy = choppy));
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
  }
}
