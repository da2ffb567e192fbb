const LINE_EVERY_MS = 2_000;

/** Tells the demo's story: lines that stay, and beneath them one line of progress that a terminal refreshes. */
export class Screen {
  readonly #out: NodeJS.WriteStream;
  #progress = '';
  #progressAt = 0;

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out;
  }

  say(line: string): void {
    const shown = this.#out.isTTY && this.#progress !== '';
    this.#out.write(shown ? `\r\u001B[K${line}\n${this.#progress}` : `${line}\n`);
  }

  progress(line: string): void {
    if (this.#out.isTTY) {
      this.#progress = line;
      this.#out.write(`\r\u001B[K${line}`);
    } else if (performance.now() - this.#progressAt >= LINE_EVERY_MS) {
      this.#progressAt = performance.now();
      this.#out.write(`${line}\n`);
    }
  }

  /** Ends the line of progress and leaves it standing. */
  endProgress(): void {
    if (this.#progress !== '') this.#out.write('\n');
    this.#progress = '';
  }
}
