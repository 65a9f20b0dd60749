// Whether the page still hears from the two that it speaks with: Rehearsal, over the page's
// websocket, and the LiveKit server. A connection that is cut says so at once; a silent one does not.

const EVERY = 500; // ms between two looks
const SILENT = 4000; // ms without a sign: both send one at least every 2.5 s
const ASLEEP = 3000; // ms between two looks after which it was the page itself that stood still

/** Looks until it is stopped; `tell(silent)` is called when there is silence, and when it is over. */
export class Pulse {
  /** `counters` gives a number of each connection that grows with what arrives, or a promise. */
  constructor(counters, tell) {
    this.counters = counters;
    this.tell = tell;
    this.silent = false;
    this.last = performance.now();
    this.heard = { page: this.last, room: this.last };
    this.arrived = null;
    this.sign = () => (this.heard.page = performance.now());
    window.socket?.io.on("ping", this.sign);
    window.socket?.on("connect", this.sign);
    this.timer = setInterval(() => this.look(), EVERY);
  }

  async look() {
    const now = performance.now();
    if (now - this.last > ASLEEP) this.heard = { page: now, room: now };
    this.last = now;
    const arrived = await this.counters();
    if (!this.timer) return;
    if (arrived !== this.arrived || arrived === null) this.heard.room = now;
    this.arrived = arrived;
    const silent = now - Math.min(this.heard.page, this.heard.room) > SILENT;
    if (silent !== this.silent) this.tell((this.silent = silent));
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    window.socket?.io.off("ping", this.sign);
    window.socket?.off("connect", this.sign);
    if (this.silent) this.tell((this.silent = false));
  }
}

/** Bytes and answers that have come over the connections of these RTCRtpSender and -Receivers; null
 * while there is none. */
export async function arrivals(ends) {
  const reports = await Promise.all(ends.map((end) => end?.getStats().catch(() => null)));
  const pairs = reports
    .flatMap((report) => [...(report?.values() ?? [])])
    .filter(({ type }) => type === "candidate-pair");
  if (!pairs.length) return null;
  return pairs.reduce((sum, pair) => sum + (pair.bytesReceived ?? 0) + (pair.responsesReceived ?? 0), 0);
}

/** Shows or takes away the words for a silent connection: the server cannot, when it is silent. */
export function showSilence(silent) {
  document.body.classList.toggle("rh-silent", silent);
  for (const place of document.querySelectorAll("[data-silent]"))
    place.textContent = silent ? place.dataset.silent : "";
}
