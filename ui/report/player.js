// Plays a call's recording: two waves with marks, captions that follow, and every button of the page
// with data-play (seconds) plays its moment. wavesurfer.js only draws; without it all else works.

const SKIP = 5; // seconds that an arrow key moves by
const LINGER = 0.8; // seconds for which a caption stays after its last word
const LONG = 80; // letters of a caption: one line on a wide page, three on a phone
const STAYS = 6; // seconds for which a coach's comment stands at its moment
const SLOW = 600; // ms until it is said that the sound is still loading
const HEIGHT = 52; // px of each wave
const TINTS = ["accent", "angry"].map((name) => `color-mix(in srgb, var(--c-${name}) 12%, transparent)`);
const SPEEDS = [0.75, 1, 1.25, 1.5, 2];

export default {
  template: `
    <div class="rh-player" role="group" aria-label="Recording" @keydown="onKey">
      <audio ref="audio" preload="metadata"></audio>
      <div class="rh-player-stage" ref="stage">
        <div class="rh-player-wave" ref="wave" aria-hidden="true"></div>
        <span class="rh-player-name" aria-hidden="true">{{ names[0] }}</span>
        <span class="rh-player-name rh-player-name-below" aria-hidden="true">{{ names[1] }}</span>
        <input class="rh-player-seek" type="range" min="0" :max="length" step="0.1" :value="now"
          aria-label="Position in the recording" :aria-valuetext="position" @input="seek(+$event.target.value)">
      </div>
      <div class="rh-player-captions">
        <p v-for="line in lines" :key="line.turn" dir="auto"><span class="rh-strong" dir="ltr" lang="en">{{ line.name }}: </span><span :lang="line.lang">{{ line.text }}</span></p>
        <p v-for="said in remarks" :key="said.key" class="rh-player-remark"><span class="rh-strong" dir="auto">{{ said.who }}: </span><span dir="auto">{{ said.text }}</span></p>
        <p v-if="!lines.length && !remarks.length" class="rh-muted">{{ played ? "Nobody speaks." : "Captions stand here while it plays." }}</p>
      </div>
      <div class="rh-player-bar">
        <button type="button" class="rh-player-play" @click="toggle" :aria-label="playing ? 'Pause' : 'Play'" :title="playing ? 'Pause (space)' : 'Play (space)'">
          <span :class="playing ? 'rh-sign-pause' : 'rh-sign-play'" aria-hidden="true"></span>
        </button>
        <span class="rh-number rh-player-time">{{ clock(now) }} of {{ clock(length) }}</span>
        <span class="rh-player-marks" v-if="stops.length">
          <button type="button" class="rh-player-button" @click="toMark(-1)" title="Previous mark (P)">Previous mark</button>
          <button type="button" class="rh-player-button" @click="toMark(1)" title="Next mark (N)">Next mark</button>
        </span>
        <button type="button" class="rh-player-button" v-if="coach" @click="comment">Comment at {{ clock(now) }} …</button>
        <label class="rh-player-speed">Speed
          <select v-model.number="speed"><option v-for="each in speeds" :value="each">{{ each }} ×</option></select>
        </label>
      </div>
      <p class="rh-small rh-player-told" role="status">{{ trouble || told }}</p>
      <div class="rh-player-mini" v-if="playing && away">
        <button type="button" class="rh-player-play" @click="toggle" aria-label="Pause the recording"><span class="rh-sign-pause" aria-hidden="true"></span></button>
        <span class="rh-number">{{ clock(now) }}</span>
        <span class="rh-player-mini-line" v-if="lines.length" :lang="lines.at(-1).lang" dir="auto">{{ lines.at(-1).text }}</span>
      </div>
    </div>`,
  props: {
    ogg: String,
    m4a: String,
    modules: Array, // addresses of wavesurfer.js and its regions, empty while they are not there
    peaks: Object, // {seconds, voices}; absent until they are drawn
    seconds: Number, // of the call, until the recording says its own
    names: Array, // of the trainee and the customer
    turns: Array, // [index, side, begin, end, text]; side 0 is the trainee
    marks: Array, // [at, kind, words]; kind is better, worse or turn
    language: String,
    comments: Array, // [at, who, text] of coaches
    coach: Boolean, // whether the reader may comment
  },
  emits: ["comment"],
  data: () => ({
    now: 0, length: 0, playing: false, played: false, speed: 1, lines: [], told: "", trouble: "", away: false, speeds: SPEEDS,
  }),
  computed: {
    position() {
      return `${this.clock(this.now)} of ${this.clock(this.length)}`;
    },
    // Where the keys and the two buttons stop.
    stops() {
      const said = (this.comments ?? []).map(([at, who, text]) => [at, "comment", `${who}: ${text}`]);
      return [...this.marks, ...said].sort(([one], [other]) => one - other);
    },
    remarks() {
      return (this.comments ?? []).map(([at, who, text], key) => ({ at, who, text, key }))
        .filter(({ at }) => this.played && at <= this.now + 0.05 && this.now < at + STAYS);
    },
  },
  watch: {
    speed(value) {
      this.$refs.audio.playbackRate = value;
      this.$refs.audio.defaultPlaybackRate = value;
    },
    peaks() {
      this.draw();
    },
    comments() {
      this.pin();
    },
  },

  created() {
    this.length = this.peaks?.seconds ?? this.seconds;
    this.pieces = this.turns.flatMap((turn) => pieces(turn, this.language));
    this.surfer = null;
    this.current = null; // the button whose moment plays
  },

  mounted() {
    const { audio } = this.$refs;
    for (const [event, handler] of Object.entries(this.handlers())) audio.addEventListener(event, handler);
    const ogg = audio.canPlayType('audio/ogg; codecs="opus"');
    this.load(ogg ? this.ogg : this.m4a);
    document.addEventListener("click", this.onClick);
    document.body.classList.add("rh-plays");
    this.sight = new IntersectionObserver(([entry]) => (this.away = !entry.isIntersecting));
    this.sight.observe(this.$refs.stage);
    this.look = matchMedia("(prefers-color-scheme: dark)");
    this.look.addEventListener("change", this.colour);
    this.theme = new MutationObserver(() => this.colour());
    this.theme.observe(document.body, { attributeFilter: ["class"] });
    this.draw();
  },

  beforeUnmount() {
    document.removeEventListener("click", this.onClick);
    document.body.classList.remove("rh-plays");
    this.look.removeEventListener("change", this.colour);
    this.theme.disconnect();
    this.sight.disconnect();
    clearTimeout(this.waiting);
    this.surfer?.destroy();
    this.surfer = null;
    this.$refs.audio.pause();
    this.$refs.audio.removeAttribute("src");
  },

  methods: {
    clock(seconds) {
      const whole = Math.max(0, Math.floor(seconds));
      return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
    },

    handlers() {
      return {
        timeupdate: () => this.follow(),
        seeking: () => this.follow(),
        play: () => (this.playing = this.played = true),
        pause: () => this.stopped(),
        ended: () => this.stopped(),
        durationchange: () => this.measured(),
        error: () => this.failed(),
        waiting: () => this.wait(true),
        playing: () => this.wait(false),
        canplay: () => this.wait(false),
      };
    },

    load(address) {
      this.$refs.audio.src = address;
      this.$refs.audio.playbackRate = this.speed;
    },

    measured() {
      const { duration } = this.$refs.audio;
      if (Number.isFinite(duration) && duration > 0) this.length = duration;
    },

    // A browser may say that it plays Ogg and then not: the other format is made for that.
    failed() {
      const { audio } = this.$refs;
      this.wait(false);
      if (!audio.getAttribute("src")) return;
      if (!audio.src.endsWith(this.m4a)) {
        const [at, playing] = [this.now, this.playing];
        this.load(this.m4a);
        if (at) audio.currentTime = at;
        if (playing) this.play();
        return;
      }
      this.trouble = "The recording cannot be played here. The files below can be had all the same.";
      this.stopped();
    },

    wait(long) {
      clearTimeout(this.waiting);
      if (long && this.playing) this.waiting = setTimeout(() => (this.told = "The sound is loading."), SLOW);
      else if (this.told === "The sound is loading.") this.told = "";
    },

    play() {
      this.trouble = "";
      return this.$refs.audio.play().catch((error) => {
        if (error.name === "NotAllowedError") this.trouble = "The browser does not play sound yet: press Play.";
      });
    },

    toggle() {
      if (this.$refs.audio.paused) this.play();
      else this.$refs.audio.pause();
    },

    seek(seconds) {
      this.$refs.audio.currentTime = Math.min(Math.max(0, seconds), this.length);
      this.now = this.$refs.audio.currentTime;
    },

    comment() {
      this.$refs.audio.pause();
      this.$emit("comment", this.now);
    },

    stopped() {
      this.playing = false;
      this.wait(false);
      this.press(null);
    },

    // Every button with a moment, wherever on the page it stands.
    onClick(event) {
      const button = event.target.closest?.("[data-play]");
      if (!button) return;
      if (button === this.current && this.playing) {
        this.$refs.audio.pause();
        return;
      }
      this.told = "";
      this.seek(Number(button.dataset.play));
      this.play();
      this.press(button);
    },

    press(button) {
      this.current?.removeAttribute("aria-pressed");
      this.current = button;
      button?.setAttribute("aria-pressed", "true");
    },

    toMark(step) {
      const here = this.now;
      const [at, , words] = (step > 0
        ? this.stops.find(([at]) => at > here + 0.3)
        : this.stops.findLast(([at]) => at < here - 1.5)) ?? [];
      if (at === undefined) {
        this.told = step > 0 ? "There is no mark after this." : "There is no mark before this.";
        return;
      }
      this.press(null);
      this.seek(at);
      this.told = `${this.clock(at)}: ${words}`;
      this.play();
    },

    onKey(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select")) return;
      const pressed = event.target.closest("button") && event.key === " ";
      const keys = {
        " ": () => this.toggle(),
        ArrowLeft: () => this.seek(this.now - SKIP),
        ArrowRight: () => this.seek(this.now + SKIP),
        n: () => this.toMark(1),
        p: () => this.toMark(-1),
      };
      const act = keys[event.key.length > 1 ? event.key : event.key.toLowerCase()];
      if (!act || pressed) return;
      event.preventDefault();
      act();
    },

    follow() {
      const at = (this.now = this.$refs.audio.currentTime);
      const heard = this.pieces.filter((piece) => piece.begin <= at && at < piece.until);
      const sides = [0, 1].map((side) => heard.findLast((piece) => piece.side === side));
      this.lines = sides.filter(Boolean).sort((one, other) => one.begin - other.begin)
        .map(({ turn, side, text }) => ({ turn, text, name: this.names[side], lang: this.language }));
      this.point(this.lines.at(-1)?.turn);
    },

    // The entry of the transcript that is heard.
    point(turn) {
      if (turn === this.pointed) return;
      document.getElementById(`turn-${this.pointed}`)?.classList.remove("rh-turn-now");
      document.getElementById(`turn-${turn}`)?.classList.add("rh-turn-now");
      this.pointed = turn;
    },

    async draw() {
      if (!this.peaks || !this.modules.length || this.surfer) return;
      this.surfer = "coming";
      try {
        const [waves, regions] = await Promise.all(this.modules.map((address) => import(address)));
        if (!this.$refs.wave) return; // the page has gone
        this.make(waves.default, regions.default);
      } catch (error) {
        console.warn("The waves cannot be drawn.", error);
        this.surfer = null;
      }
    },

    make(WaveSurfer, Regions) {
      const marks = Regions.create();
      this.surfer = WaveSurfer.create({
        container: this.$refs.wave, media: this.$refs.audio, url: this.$refs.audio.src,
        peaks: this.peaks.voices.map(louder), duration: this.peaks.seconds, plugins: [marks],
        height: HEIGHT, barWidth: 2, barGap: 1, barRadius: 1, interact: false, ...this.colours(),
      });
      this.surfer.once("ready", () => {
        for (const [, side, start, end] of this.turns)
          marks.addRegion({ start, end: Math.max(end, start + 0.2), channelIdx: side, color: TINTS[side], drag: false, resize: false });
        for (const [start, kind] of this.marks)
          if (kind !== "turn") marks.addRegion({ start, color: `var(--c-${kind === "better" ? "good" : "bad"})`, drag: false, resize: false });
        this.drawn = marks;
        this.pin();
        this.$refs.wave.dataset.drawn = "yes";
      });
    },

    // What coaches said, on the waves.
    pin() {
      for (const each of this.pinned ?? []) each.remove();
      this.pinned = (this.drawn && this.comments ? this.comments : []).map(([start]) =>
        this.drawn.addRegion({ start, color: "var(--c-text)", drag: false, resize: false }));
    },

    colour() {
      if (this.surfer?.setOptions) this.surfer.setOptions(this.colours());
    },

    // A canvas knows no custom properties.
    colours() {
      const style = getComputedStyle(document.body);
      const of = (name) => style.getPropertyValue(`--c-${name}`).trim();
      const side = (name) => ({ waveColor: of("line-strong"), progressColor: of(name) });
      return { cursorColor: of("text"), cursorWidth: 2, splitChannels: [side("accent"), side("angry")] };
    },
  },
};

// A turn's words in captions of a readable length, each with the moments between which it is heard:
// words share the time by their letters.
function pieces([turn, side, begin, end, text], language) {
  const words = globalThis.Intl?.Segmenter
    ? [...new Intl.Segmenter(language, { granularity: "word" }).segment(text)].map((each) => each.segment)
    : text.split(/(?<=\s)/);
  const parts = [""];
  const share = text.length / Math.ceil(text.length / LONG) + LONG / 8; // so that no last word stands alone
  for (const word of words) {
    const last = parts.at(-1);
    if ((last + word).trimEnd().length > share && last && /[\p{L}\p{N}]/u.test(word)) parts.push(word);
    else parts[parts.length - 1] = last + word;
  }
  const whole = text.length || 1;
  let done = 0;
  return parts.map((part, place) => {
    const from = begin + ((end - begin) * done) / whole;
    done += part.length;
    const until = place + 1 < parts.length ? begin + ((end - begin) * done) / whole : end + LINGER;
    return { turn, side, begin: from, until, text: part.trim() };
  });
}

// Both voices to be seen, however quiet a microphone was.
function louder(voice) {
  const most = Math.max(5, ...voice);
  return voice.map((peak) => peak / most);
}
