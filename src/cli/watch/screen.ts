const ENTER = "\u001b[?1049h\u001b[?25l\u001b[2J";
const LEAVE = "\u001b[?25h\u001b[?1049l";
const ERASE_REST = "\u001b[K";
const ERASE_BELOW = "\u001b[J";

/** A picture that is redrawn in place, on the terminal's second screen: when it closes, the terminal is as it was. Only lines that have
 *  changed are written, which matters over a slow line. */
export class Screen {
  readonly #stream: NodeJS.WriteStream;
  #shown: readonly string[] = [];
  #isOpen = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** @param lines with the terminal's own sequences in them, none wider than the screen. */
  draw(lines: readonly string[]): void {
    if (!this.#isOpen) this.#enter();
    const changed = lines.flatMap((text, index) =>
      text === this.#shown[index] ? [] : [`\u001b[${index + 1};1H${text}${ERASE_REST}`],
    );
    const below = lines.length < this.#shown.length ? `\u001b[${lines.length + 1};1H${ERASE_BELOW}` : "";
    this.#shown = lines;
    const text = changed.join("") + below;
    if (text !== "") this.#stream.write(text);
  }

  /** The next picture is drawn whole: the terminal has another size, or comes back. */
  forget(): void {
    if (!this.#isOpen) return;
    this.#shown = [];
    this.#stream.write("\u001b[2J");
  }

  /** Leaves the terminal as it was. Does nothing if it is left already. */
  readonly close = (): void => {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#shown = [];
    process.off("exit", this.close);
    this.#stream.write(LEAVE);
  };

  #enter(): void {
    this.#isOpen = true;
    // also when a second Ctrl-C or an error ends the process
    process.on("exit", this.close);
    this.#stream.write(ENTER);
  }
}
