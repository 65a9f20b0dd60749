// The browser's part of the doctor. It only finds out; what it means is said in Python. Everything
// is told by one event, "fact", with a "kind": page, permission, microphone, tone, echo, path.

import { findNetwork, Microphone } from "rehearsal-voice";

const LISTEN = 2500; // ms that the microphone is listened to
const ECHO = 2000; // ms that are recorded and played back
const TONE = { frequency: 440, seconds: 1.2, volume: 0.2 };
const CONNECT = { maxRetries: 0, websocketTimeout: 8000, peerConnectionTimeout: 10000 };
const PATH_LIMIT = 25000; // ms for the way to the server, and again for the relay

export default {
  template: `<div hidden></div>`,
  props: { sdk_url: String },

  // Plain properties and not data(): Vue's proxies would break the browser's objects.
  created() {
    this.context = null;
    this.microphone = new Microphone(() => {}, () => {});
  },

  mounted() {
    this.tell("page", pageFacts());
    this.askPermission();
  },

  beforeUnmount() {
    this.microphone.close();
    this.context?.close().catch(() => {});
  },

  methods: {
    async askPermission() {
      let state = "unknown"; // Firefox and Safari may not say
      try {
        state = (await navigator.permissions.query({ name: "microphone" })).state;
      } catch {}
      this.tell("permission", { state });
    },

    // These three are called inside the user's click, or the browser would stay silent.
    async test_microphone() {
      const state = await this.open();
      const label = this.microphone.track?.label ?? "";
      const level = state === "ok" ? await this.listen(LISTEN) : -100;
      this.microphone.close();
      this.tell("microphone", { state, detail: this.detail, label, level });
    },

    async play_tone() {
      try {
        const context = await this.sound();
        if (context.state === "running") await playTone(context);
        this.tell("tone", { state: context.state, detail: "" });
      } catch (error) {
        this.tell("tone", { state: "failed", detail: words(error) });
      }
    },

    async test_echo() {
      const state = await this.open();
      let level = -100;
      let detail = this.detail;
      let seconds = 0;
      if (state === "ok") {
        try {
          const stream = this.microphone.stream;
          const levels = this.listen(ECHO);
          const sound = await record(stream, ECHO);
          level = await levels;
          this.microphone.close(); // or the loudspeaker would go on being recorded
          seconds = await this.playBack(sound);
        } catch (error) {
          detail = words(error);
        }
      }
      this.microphone.close();
      this.tell("echo", { state, detail, level, seconds });
    },

    // The way to the LiveKit server, as a call would take it.
    async find_path(url, token) {
      const began = performance.now();
      let found = { state: "failed", reason: "SDK", detail: "" };
      try {
        const sdk = await import(this.sdk_url);
        sdk.setLogLevel("error");
        found = await within(PATH_LIMIT, walk(sdk, url, token));
        if (found.state === "connected") Object.assign(found, await relayed(sdk, url, token));
      } catch (error) {
        Object.assign(found, { detail: words(error) });
      }
      if (found.state !== "connected") found.network = await findNetwork().catch(() => "found");
      this.tell("path", { ...found, ms: Math.round(performance.now() - began) });
    },

    async open() {
      this.detail = "";
      this.microphone.tell = (_, { detail }) => (this.detail = detail || this.detail);
      this.sound().catch(() => {}); // not awaited: the question for the microphone comes first
      return this.microphone.open(true);
    },

    async sound() {
      this.context ??= new AudioContext();
      if (this.context.state !== "running") {
        // Without a click the browser never answers this.
        await Promise.race([this.context.resume(), pause(1500)]);
      }
      return this.context;
    },

    /** The loudest moment of the next `ms`, in dBFS. */
    async listen(ms) {
      const context = await this.sound();
      const source = context.createMediaStreamSource(this.microphone.stream);
      const meter = new AnalyserNode(context, { fftSize: 2048 });
      source.connect(meter);
      const block = new Float32Array(meter.fftSize);
      let loudest = 0;
      for (const end = performance.now() + ms; performance.now() < end; await pause(40)) {
        meter.getFloatTimeDomainData(block);
        const power = block.reduce((sum, x) => sum + x * x, 0) / block.length;
        loudest = Math.max(loudest, Math.sqrt(power));
      }
      source.disconnect();
      return loudest > 0 ? Math.max(-100, Math.round(20 * Math.log10(loudest))) : -100;
    },

    async playBack(blob) {
      const context = await this.sound();
      const buffer = await context.decodeAudioData(await blob.arrayBuffer());
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(context.destination);
      source.start();
      await Promise.race([new Promise((done) => (source.onended = done)), pause(ECHO + 2000)]);
      return buffer.duration;
    },

    tell(kind, facts) {
      this.$emit("fact", { kind, ...facts });
    },
  },
};

function pageFacts() {
  const { protocol, hostname, origin } = location;
  const missing = [];
  if (!window.RTCPeerConnection) missing.push("WebRTC");
  if (!window.WebSocket) missing.push("WebSocket");
  if (!window.AudioContext) missing.push("Web Audio");
  if (isSecureContext && !window.AudioWorkletNode) missing.push("audio worklets");
  if (isSecureContext && !navigator.mediaDevices?.getUserMedia) missing.push("microphones");
  return { secure: isSecureContext, protocol, hostname, origin, missing, agent: navigator.userAgent };
}

async function playTone(context) {
  const tone = new OscillatorNode(context, { frequency: TONE.frequency });
  const volume = new GainNode(context, { gain: 0 });
  tone.connect(volume).connect(context.destination);
  const now = context.currentTime;
  volume.gain.linearRampToValueAtTime(TONE.volume, now + 0.05); // no click at either end
  volume.gain.setValueAtTime(TONE.volume, now + TONE.seconds - 0.05);
  volume.gain.linearRampToValueAtTime(0, now + TONE.seconds);
  tone.start(now);
  tone.stop(now + TONE.seconds);
  await Promise.race([new Promise((done) => (tone.onended = done)), pause(3000)]);
}

async function record(stream, ms) {
  const recorder = new MediaRecorder(stream);
  const pieces = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const stopped = new Promise((done) => (recorder.onstop = done));
  recorder.start();
  await pause(ms);
  recorder.stop();
  await Promise.race([stopped, pause(2000)]);
  return new Blob(pieces, { type: recorder.mimeType });
}

/** Joins a room and tells which addresses the server offered and which one is used. */
async function walk(sdk, url, token) {
  let error = null;
  const offered = [];
  class Walk extends sdk.Checker {
    get description() {
      return "The way to the server";
    }
    async perform() {
      this.room.on(sdk.RoomEvent.SignalConnected, () => overhear(this.room.engine.client, offered));
      try {
        await this.connect();
        this.used = await usedPair(this.room.engine.pcManager);
      } catch (caught) {
        error = caught;
      }
    }
  }
  const check = new Walk(url, token, { connectOptions: CONNECT });
  await check.run();
  if (!error) return { state: "connected", offered, used: check.used };
  const reason = sdk.ConnectionErrorReason?.[error.reason] ?? error.name ?? "Error";
  return { state: "failed", reason, status: error.status ?? 0, detail: words(error), offered };
}

function overhear(client, offered) {
  const take = client.onTrickle;
  client.onTrickle = (candidate, target) => {
    take?.(candidate, target);
    if (!candidate.candidate) return; // the end of the list
    const { protocol, address, port, type } = new RTCIceCandidate(candidate);
    offered.push({ protocol, address, port, type });
  };
}

async function usedPair(transports) {
  for (const end = performance.now() + 3000; performance.now() < end; await pause(100)) {
    for (const transport of [transports?.publisher, transports?.subscriber]) {
      const pair = pairOf(await transport?.getStats());
      if (pair) return pair;
    }
  }
  return null;
}

function pairOf(stats) {
  const all = new Map(stats ? [...stats.values()].map((each) => [each.id, each]) : []);
  const pair = [...all.values()].find(
    ({ type, state, nominated }) => type === "candidate-pair" && state === "succeeded" && nominated,
  );
  if (!pair) return null;
  const local = all.get(pair.localCandidateId) ?? {};
  const remote = all.get(pair.remoteCandidateId) ?? {};
  return {
    protocol: local.relayProtocol ?? remote.protocol ?? local.protocol ?? "",
    relay: local.candidateType === "relay",
    address: remote.address ?? remote.ip ?? "",
    rtt: pair.currentRoundTripTime ?? null,
  };
}

/** Whether the server offers a relay (TURN), and whether a call gets through it. */
async function relayed(sdk, url, token) {
  try {
    const { ConnectionCheck, CheckStatus } = sdk;
    const check = new ConnectionCheck(url, token, { connectOptions: CONNECT });
    const { status, logs } = await within(PATH_LIMIT, check.checkTURN());
    if (status === CheckStatus.SKIPPED) return { relay: "none" };
    const failed = logs.filter(({ level }) => level === "error").map(({ message }) => message);
    return status === CheckStatus.SUCCESS
      ? { relay: "ok" }
      : { relay: "failed", relay_detail: failed.join("; ") };
  } catch (error) {
    return { relay: "failed", relay_detail: words(error) };
  }
}

function within(ms, work) {
  const late = pause(ms).then(() => Promise.reject(new Error(`no end within ${ms / 1000} s`)));
  return Promise.race([work, late]);
}

function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

function words(error) {
  return String(error?.message ?? error);
}
