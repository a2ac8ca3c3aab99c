/** Starts work while all running work fits into the room. Work that needs more than the room runs alone. */
export class ShareOfRoom {
  readonly #room: number;
  #used = 0;
  /** In order of arrival; each begins when it fits. */
  readonly #waiting: { readonly size: number; readonly begin: () => void }[] = [];

  constructor(room: number) {
    this.#room = room;
  }

  async take<T>(size: number, work: () => Promise<T>): Promise<T> {
    if (this.#waiting.length > 0 || !this.#fits(size)) {
      await new Promise<void>((begin) => this.#waiting.push({ size, begin }));
    } else {
      this.#used += size;
    }
    try {
      return await work();
    } finally {
      this.#used -= size;
      this.#wake();
    }
  }

  #fits(size: number): boolean {
    return this.#used === 0 || this.#used + size <= this.#room;
  }

  #wake(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.size); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#used += next.size;
      next.begin();
    }
  }
}
