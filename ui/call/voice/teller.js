// What an element says goes to Python in the order in which it was said.

const LOOK = 10; // ms between two looks for the page's socket

/**
 * NiceGUI holds back each event that comes before the page's socket is there, by a timer of its
 * own: the later one may arrive first. Here they wait together; `emit` is called with each.
 */
export class Teller {
  constructor(emit) {
    this.emit = emit;
    this.waiting = [];
    this.timer = null;
  }

  tell(data) {
    this.waiting.push(data);
    if (this.timer === null) this.send();
  }

  send() {
    this.timer = window.did_handshake ? null : setTimeout(() => this.send(), LOOK);
    if (this.timer !== null) return;
    this.waiting.splice(0).forEach((data) => this.emit(data));
  }
}
