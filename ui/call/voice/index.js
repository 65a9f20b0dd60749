export { forget, guard, leftBehind, remember } from "./leaving.js";
export { line } from "./line.js";
export { Meter } from "./meter.js";
export { Microphone } from "./microphone.js";
export { mark, newProbe, probe } from "./probe.js";
export { arrivals, Pulse, showSilence } from "./pulse.js";
export { CONNECT, loadSdk } from "./room.js";
export { StreamWatch } from "./stream.js";
export { soundTrouble } from "./tones.js";
