// Runs on the audio thread: hears the trainee (input 0) and the persona (input 1) on one clock and
// posts levels, the spans of speech, and what lies between them. All times are seconds of that clock.

const BLOCKS = 2; // render blocks of 128 samples per frame: 5.3 ms at 48 kHz
const LEVEL_EVERY = 6; // frames between two level messages: about 30 Hz
const LOUD = -50; // dBFS: below this nothing counts as a voice, however quiet the room is
const ABOVE_NOISE = 12; // dB over the noise floor that make a voice
const NOISE_RISE = 3; // dB per second by which the noise floor follows a louder room
const ONSET_FRAMES = 4; // loud frames out of the last eight that begin a voice; fewer is a click
const SHORTEST = 0.12; // seconds of voice that make it a turn
const BARGE_IN_LIMIT = 2.5; // a persona still talking after this was not stopped by the trainee

/** Follows one voice: when it began, and when it was last heard (no hang-over in that). */
class Voice {
  constructor(hangover) {
    this.hangover = hangover; // seconds of silence that end a span
    this.noise = -40; // falls to what there is with the first quiet frame
    this.active = false;
    this.began = 0;
    this.heard = -Infinity;
    this.level = -100;
    this.recent = [];
  }

  /** Take one frame; returns "began", "ended" or "". */
  frame(decibels, start, end) {
    this.level = decibels;
    const threshold = Math.max(LOUD, this.noise + ABOVE_NOISE);
    const loud = decibels > threshold - (this.active ? 3 : 0);
    this.followNoise(decibels, end - start);
    if (this.active) return this.continues(loud, end);
    this.recent.push([loud, start]);
    if (this.recent.length > 8) this.recent.shift();
    const hits = this.recent.filter(([hit]) => hit);
    if (hits.length < ONSET_FRAMES || !loud) return "";
    this.active = true;
    this.began = hits[0][1];
    this.heard = end;
    this.recent = [];
    return "began";
  }

  continues(loud, end) {
    if (loud) this.heard = end;
    if (end - this.heard < this.hangover) return "";
    this.active = false;
    return "ended";
  }

  // Falls at once and rises slowly, in speech too: else a loud room would pass for a voice for ever.
  followNoise(decibels, seconds) {
    const floor = Math.max(decibels, -90);
    this.noise = Math.min(floor, this.noise + NOISE_RISE * seconds);
  }
}

/** What lies between the two voices: answers and barge-ins. */
export class Conversation {
  constructor(post) {
    this.post = post;
    this.trainee = new Voice(0.25);
    this.persona = new Voice(0.4); // longer than the pause between two of its sentences
    this.answered = -Infinity; // the end of trainee's speech that the last answer was for
    this.bargedAt = null;
  }

  frame(traineeLevel, personaLevel, start, end) {
    const spoke = this.trainee.frame(traineeLevel, start, end);
    const sounded = this.persona.frame(personaLevel, start, end);
    if (spoke === "began") this.traineeBegan();
    if (spoke === "ended") this.post({ event: "end", who: "trainee", at: this.trainee.heard });
    if (sounded === "began") this.personaBegan();
    if (sounded === "ended") this.personaEnded();
  }

  traineeBegan() {
    const at = this.trainee.began;
    this.post({ event: "onset", who: "trainee", at });
    if (this.persona.active && this.persona.heard > at - 0.1) this.bargedAt = at;
  }

  personaBegan() {
    const at = this.persona.began;
    this.post({ event: "onset", who: "persona", at });
    const { began, heard } = this.trainee;
    if (heard === this.answered || heard - began < SHORTEST) return;
    this.answered = heard;
    // A persona that starts while the trainee still talks has cut in: no answer to be timed.
    const cut = this.trainee.active && at - heard < 0.1;
    this.post({ event: "latency", seconds: at - heard, at, cut, speech: heard - began });
  }

  personaEnded() {
    const at = this.persona.heard;
    this.post({ event: "end", who: "persona", at });
    const seconds = this.bargedAt === null ? Infinity : at - this.bargedAt;
    this.bargedAt = null;
    if (seconds > 0 && seconds < BARGE_IN_LIMIT) this.post({ event: "barge_in", seconds, at });
  }
}

const inWorklet = typeof AudioWorkletProcessor !== "undefined";

class VoiceMeter extends (inWorklet ? AudioWorkletProcessor : Object) {
  constructor() {
    super();
    this.conversation = new Conversation((message) => this.port.postMessage(message));
    this.energy = [0, 0];
    this.peak = [-100, -100];
    this.blocks = 0;
    this.frames = 0;
    this.closed = false;
    this.port.onmessage = () => (this.closed = true);
  }

  process(inputs) {
    for (const who of [0, 1]) this.energy[who] += energyOf(inputs[who]?.[0]);
    if (++this.blocks === BLOCKS) this.finishFrame();
    return !this.closed;
  }

  finishFrame() {
    const samples = 128 * BLOCKS;
    const levels = this.energy.map((sum) => 10 * Math.log10(sum / samples + 1e-10));
    const end = currentTime + 128 / sampleRate;
    this.conversation.frame(levels[0], levels[1], end - samples / sampleRate, end);
    this.peak = this.peak.map((peak, who) => Math.max(peak, levels[who]));
    this.energy = [0, 0];
    this.blocks = 0;
    if (++this.frames % LEVEL_EVERY) return;
    this.port.postMessage({ event: "levels", mic: this.peak[0], persona: this.peak[1] });
    this.peak = [-100, -100];
  }
}

function energyOf(samples) {
  if (!samples) return 0;
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i] * samples[i];
  return sum;
}

if (inWorklet) registerProcessor("voice-meter", VoiceMeter);
