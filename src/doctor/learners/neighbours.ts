import { largest } from "../../core/extremes.ts";
import type { Samples } from "./samples.ts";

/** Numbers of neighbours, of which the best is chosen on the training samples. */
export const NEIGHBOURS = [1, 5, 15] as const;

/** (a, b) squared distances between the rows of two sets: |p|^2 + |q|^2 - 2 p q. */
function distances(from: Float64Array, to: Float64Array, size: number): Float64Array {
  const [rows, columns] = [from.length / size, to.length / size];
  const squares = (values: Float64Array, count: number): Float64Array =>
    Float64Array.from({ length: count }, (_, row) => {
      let sum = 0;
      for (let index = row * size; index < (row + 1) * size; index++) sum += (values[index] as number) ** 2;
      return sum;
    });
  const [p, q] = [squares(from, rows), squares(to, columns)];
  const result = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const a = row * size;
    for (let column = 0; column < columns; column++) {
      const b = column * size;
      let [first, second] = [0, 0];
      let index = 0;
      for (; index + 1 < size; index += 2) {
        first += (from[a + index] as number) * (to[b + index] as number);
        second += (from[a + index + 1] as number) * (to[b + index + 1] as number);
      }
      if (index < size) first += (from[a + index] as number) * (to[b + index] as number);
      result[row * columns + column] = (p[row] as number) + (q[column] as number) - 2 * (first + second);
    }
  }
  return result;
}

/** For each k of `NEIGHBOURS`, the mean of the targets of the k nearest training samples: (rows, K), flat.
 *  @param queries (rows, F); undefined: the training samples themselves, each without itself as neighbour.
 *  Source: Cover & Hart, "Nearest Neighbor Pattern Classification", 1967. */
export function askNeighbours(train: Samples, queries?: Float64Array): readonly Float64Array[] {
  const { x, y, features, columns, count } = train;
  const isSelf = queries === undefined;
  const asked = queries ?? x;
  const rows = asked.length / features;
  const all = distances(asked, x, features);
  const most = Math.min(largest(NEIGHBOURS), count - (isSelf ? 1 : 0));
  const answers = NEIGHBOURS.map(() => new Float64Array(rows * columns));
  const nearest = new Int32Array(most);
  const near = new Float64Array(most);
  for (let row = 0; row < rows; row++) {
    let found = 0;
    for (let other = 0; other < count; other++) {
      if (isSelf && other === row) continue;
      const distance = all[row * count + other] as number;
      if (found === most && distance >= (near[most - 1] as number)) continue;
      // insertion into the sorted list of the nearest
      let place = found < most ? found++ : most - 1;
      for (; place > 0 && (near[place - 1] as number) > distance; place--) {
        near[place] = near[place - 1] as number;
        nearest[place] = nearest[place - 1] as number;
      }
      near[place] = distance;
      nearest[place] = other;
    }
    NEIGHBOURS.forEach((k, which) => {
      const used = Math.min(k, found);
      const answer = answers[which] as Float64Array;
      for (let place = 0; place < used; place++) {
        const start = (nearest[place] as number) * columns;
        for (let column = 0; column < columns; column++) {
          (answer[row * columns + column] as number) += (y[start + column] as number) / used;
        }
      }
    });
  }
  return answers;
}
