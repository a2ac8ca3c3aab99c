/** The dot product of two vectors of `length` at the given offsets. Uses four sums: one sum would wait for each addition. */
export function dot(a: Float64Array, aStart: number, b: Float64Array, bStart: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += (a[aStart + i] as number) * (b[bStart + i] as number);
    s1 += (a[aStart + i + 1] as number) * (b[bStart + i + 1] as number);
    s2 += (a[aStart + i + 2] as number) * (b[bStart + i + 2] as number);
    s3 += (a[aStart + i + 3] as number) * (b[bStart + i + 3] as number);
  }
  for (; i < length; i++) s0 += (a[aStart + i] as number) * (b[bStart + i] as number);
  return s0 + s1 + (s2 + s3);
}

/** into += factor * from, over `length` numbers at the given offsets. */
export function addTo(
  into: Float64Array,
  intoStart: number,
  from: Float64Array,
  fromStart: number,
  length: number,
  factor: number,
): void {
  for (let i = 0; i < length; i++) (into[intoStart + i] as number) += factor * (from[fromStart + i] as number);
}
