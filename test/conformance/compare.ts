/** Collects differences, |actual - expected| / max(1, |expected|), and the place of the largest. */
export class Comparison {
  #worst = 0;
  #at = "";
  #count = 0;

  get worst(): number {
    return this.#worst;
  }

  get at(): string {
    return this.#at;
  }

  /** The number of comparisons; that of two empty lists counts too. */
  get count(): number {
    return this.#count;
  }

  /** Compares lists element by element; equal infinities and two NaNs are equal. */
  check(label: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
    this.#count++;
    if (actual.length !== expected.length) {
      this.#note(Number.POSITIVE_INFINITY, `${label}: ${actual.length} numbers, expected ${expected.length}`);
      return;
    }
    for (let i = 0; i < expected.length; i++) {
      const [a, b] = [actual[i] as number, expected[i] as number];
      if (Object.is(a, b) || a === b) continue;
      const difference = Math.abs(a - b) / Math.max(1, Math.abs(b));
      this.#note(
        Number.isFinite(difference) ? difference : Number.POSITIVE_INFINITY,
        `${label}[${i}]: ${a}, expected ${b}`,
      );
    }
  }

  #note(difference: number, at: string): void {
    if (difference <= this.#worst) return;
    this.#worst = difference;
    this.#at = at;
  }
}
