// Where the persona is heard: the loudspeaker that was chosen, else the system's.

import { chosenDevice, devicesOf, findDevice, keepDevice, SYSTEM, tellReturned } from "./devices.js";

const KIND = "audiooutput";

/**
 * `play(id)` sends all sound there, SYSTEM for the system's; it may refuse. What there is to choose
 * goes to `tell` as "loudspeakers". Where the browser cannot choose, nothing is told or done.
 */
export class Loudspeaker {
  constructor(tell, play) {
    this.tell = tell;
    this.play = play;
    this.wish = chosenDevice(KIND);
    this.device = SYSTEM;
    this.gone = false; // whether the chosen one was not there at the last look
    this.looks = Promise.resolve();
  }

  /** As the SDK sees it: in Safari an element's setSinkId does nothing for a call. */
  get possible() {
    return "setSinkId" in HTMLMediaElement.prototype && !("GestureEvent" in window);
  }

  async choose(id) {
    const device = (await devicesOf(KIND)).find((each) => each.id === id);
    this.wish = id === SYSTEM ? null : (device ?? this.wish);
    keepDevice(KIND, this.wish);
    this.gone = false;
    await this.look();
  }

  /** Looks what is there now and takes the chosen one, one look after the other; also when devices
   * came or went, and when there is something new that sounds. */
  look() {
    this.looks = this.looks.then(() => this.settle()).catch(() => {});
    return this.looks;
  }

  async settle() {
    if (!this.possible) return;
    const devices = await devicesOf(KIND);
    const wanted = findDevice(devices, this.wish);
    const back = this.gone && wanted !== null;
    this.gone = devices.length > 0 && this.wish !== null && wanted === null;
    let device = wanted?.id ?? SYSTEM;
    try {
      await this.play(device);
    } catch {
      device = SYSTEM;
      await this.play(device);
    }
    this.device = device;
    if (back && device !== SYSTEM) tellReturned(this.tell, wanted);
    this.tell("loudspeakers", this.told(devices));
  }

  told(devices) {
    const system = devices.find(({ id }) => id === SYSTEM) ?? { id: SYSTEM, label: "Default" };
    const others = devices.filter(({ id }) => id !== SYSTEM);
    const missing = this.gone ? this.wish.label : "";
    return { devices: [system, ...others], device: this.device, missing };
  }
}
