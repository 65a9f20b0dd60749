// Runs in the page before its own scripts: a microphone that plays what a test says, and a
// recorder of both sides' levels on one clock, independent of the page's own measurements.
(() => {
  const BLOCK = 256; // samples at 48 kHz: 5.3 ms
  const probe = (window.__probe = {
    synthetic: window.__syntheticMicrophone !== false,
    levels: [], // [seconds, microphone RMS, persona RMS]
    spoken: [], // [begin, end] of what say() played, seconds on the same clock
  });
  let context, microphone, merger;

  function clock() {
    if (context) return context;
    context = new AudioContext({ sampleRate: 48000 });
    microphone = context.createMediaStreamDestination();
    const code = `registerProcessor("levels", class extends AudioWorkletProcessor {
      constructor() { super(); this.sums = [0, 0]; this.count = 0; }
      process(inputs) {
        for (let side = 0; side < 2; side++) {
          const samples = inputs[side][0] || [];
          for (const x of samples) this.sums[side] += x * x;
        }
        this.count += 128;
        if (this.count >= ${BLOCK}) {
          this.port.postMessage([currentTime, ...this.sums.map((s) => Math.sqrt(s / this.count))]);
          this.sums = [0, 0]; this.count = 0;
        }
        return true;
      }
    })`;
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    probe.ready = context.audioWorklet.addModule(url).then(() => {
      merger = new AudioWorkletNode(context, "levels", { numberOfInputs: 2, numberOfOutputs: 1 });
      merger.port.onmessage = (event) => probe.levels.push(event.data);
      merger.connect(context.destination);
    });
    return context;
  }

  async function tap(stream, side) {
    clock();
    await probe.ready;
    context.createMediaStreamSource(stream).connect(merger, 0, side);
  }

  const real = navigator.mediaDevices?.getUserMedia?.bind(navigator.mediaDevices);
  if (real) {
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      if (!constraints?.audio || !probe.synthetic) {
        const stream = await real(constraints);
        if (constraints?.audio) tap(stream, 0);
        return stream;
      }
      await real(constraints).then((stream) => stream.getTracks().forEach((track) => track.stop()));
      clock();
      await context.resume();
      const stream = microphone.stream.clone();
      tap(stream, 0);
      return stream;
    };
  }

  const Peer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    constructor(...given) {
      super(...given);
      this.addEventListener("track", (event) => {
        if (event.track.kind === "audio") tap(new MediaStream([event.track]), 1);
      });
    }
  };

  probe.say = async (base64, again = false) => {
    clock();
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const source = context.createBufferSource();
    source.buffer = await context.decodeAudioData(bytes.buffer);
    source.loop = again;
    source.connect(microphone);
    const begin = context.currentTime + 0.02;
    source.start(begin);
    if (again) return null; // it has no end
    await new Promise((done) => (source.onended = done));
    const span = [begin, begin + source.buffer.duration];
    probe.spoken.push(span);
    return span;
  };
  probe.now = () => (context ? context.currentTime : 0);
})();
