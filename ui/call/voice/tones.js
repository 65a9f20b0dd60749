// Signs for the ear, made on the spot: no file, and no network when the network is the trouble.

const PITCHES = [523, 392]; // Hz: two falling tones
const LENGTH = 0.22; // seconds of each
const PAUSE = 0.06;
const LOUDNESS = 0.08; // of full scale: below a voice, above a room

/** Two soft tones: the line has trouble. Returns whether they could be played. */
export function soundTrouble(context) {
  if (context?.state !== "running") return false;
  PITCHES.forEach((pitch, i) => tone(context, pitch, context.currentTime + i * (LENGTH + PAUSE)));
  return true;
}

function tone(context, pitch, at) {
  const source = new OscillatorNode(context, { type: "sine", frequency: pitch });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, at); // a tone that starts at full strength clicks
  gain.gain.linearRampToValueAtTime(LOUDNESS, at + 0.03);
  gain.gain.setValueAtTime(LOUDNESS, at + LENGTH - 0.1);
  gain.gain.linearRampToValueAtTime(0, at + LENGTH);
  source.connect(gain).connect(context.destination);
  source.start(at);
  source.stop(at + LENGTH);
}
