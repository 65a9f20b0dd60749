// Follows the newest words, unless the reader has scrolled back to older ones.

const NEAR = 48; // px from the end that still count as "at the end"

export default {
  template: `
    <div class="rh-captions">
      <div class="rh-captions-box" ref="box" tabindex="0" role="region" :aria-label="label" @scroll="look">
        <slot></slot>
      </div>
      <button v-if="!atEnd" type="button" class="rh-captions-newest" @click="follow">Newest words ↓</button>
    </div>`,
  props: { label: String },
  data: () => ({ atEnd: true }),
  mounted() {
    this.words = new MutationObserver(() => this.atEnd && this.follow());
    this.words.observe(this.$refs.box, { childList: true, subtree: true, characterData: true });
    this.size = new ResizeObserver(() => this.atEnd && this.follow());
    this.size.observe(this.$refs.box);
  },
  beforeUnmount() {
    this.words.disconnect();
    this.size.disconnect();
  },
  methods: {
    look() {
      const { scrollHeight, scrollTop, clientHeight } = this.$refs.box;
      this.atEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    },
    follow() {
      const { box } = this.$refs;
      box.scrollTop = box.scrollHeight;
      this.atEnd = true;
    },
  },
};
