// What tests and benchmarks read: window.__rehearsal. Times in ms of performance.now(), levels in
// dBFS, latencies and barge-ins in seconds of the audio clock.

/** Start afresh: called when the page opens and at each click on "Start Voice Call". */
export function newProbe() {
  window.__rehearsal = {
    state: "ready", // connecting, connected, reconnecting, reconnected, disconnected, failed
    microphone: "unknown", // asking, ok, silent, blocked, ... (see microphone.js)
    playback: true, // false while the browser holds the sound back
    quality: "unknown", // excellent, good, poor, lost
    loudspeaker: "default", // id of the one in use
    silent: false, // true while nothing comes from Rehearsal or the LiveKit server
    muted: false,
    micLevel: -100,
    personaLevel: -100,
    firstSound: null, // ms from the click to the persona's first sound
    tones: 0, // times that the line's trouble was told to the ear
    latencies: [], // {seconds, at, cut, speech}: end of the trainee's speech to the persona's sound
    bargeIns: [], // {seconds, at}: the trainee's onset to the persona's silence
    spans: [], // {event: "onset" | "end", who: "trainee" | "persona", at}
    marks: {}, // click, microphone, ticket, connected, published, subscribed, firstSound
  };
}

/** The present probe. */
export function probe() {
  return window.__rehearsal;
}

/** Note when something happened; the first time counts. */
export function mark(name, at = performance.now()) {
  window.__rehearsal.marks[name] ??= at;
}
