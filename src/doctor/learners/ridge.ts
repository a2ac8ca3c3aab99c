import type { Samples } from "./samples.ts";

/** Penalties added to the diagonal, in multiples of the number of samples: with uncorrelated features of deviation 1 they reduce a
 *  weight by 1 % or by half. */
export const STRENGTHS = [0.01, 1] as const;

/** Weights (F, K) and means of a linear map from features to targets. */
export interface Linear {
  readonly weights: Float64Array;
  readonly inputMean: Float64Array;
  readonly targetMean: Float64Array;
}

function meansOf(values: Float64Array, width: number): Float64Array {
  const rows = values.length / width;
  const mean = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    for (let index = 0; index < width; index++)
      (mean[index] as number) += (values[row * width + index] as number) / rows;
  }
  return mean;
}

/** Least squares with a penalty on the weights:  (X'X + n s I) W = X'Y,  X and Y centred; solved by Cholesky, with one solution for each
 *  of `STRENGTHS`.
 *  Source: Hoerl & Kennard, "Ridge Regression: Biased Estimation for Nonorthogonal Problems", 1970. */
export function fitRidge({ x, y, features, columns, count }: Samples): readonly Linear[] {
  const [inputMean, targetMean] = [meansOf(x, features), meansOf(y, columns)];
  const gram = new Float64Array(features * features);
  const products = new Float64Array(features * columns);
  const row = new Float64Array(features);
  for (let sample = 0; sample < count; sample++) {
    for (let i = 0; i < features; i++) row[i] = (x[sample * features + i] as number) - (inputMean[i] as number);
    for (let i = 0; i < features; i++) {
      const value = row[i] as number;
      if (value === 0) continue;
      const start = i * features;
      for (let j = 0; j <= i; j++) (gram[start + j] as number) += value * (row[j] as number);
      for (let k = 0; k < columns; k++) {
        const target = (y[sample * columns + k] as number) - (targetMean[k] as number);
        (products[i * columns + k] as number) += value * target;
      }
    }
  }
  return STRENGTHS.map((strength) => ({
    weights: solve(gram, products, features, columns, strength * count),
    inputMean,
    targetMean,
  }));
}

/** (G + penalty I) W = P for symmetric positive G, of which only the lower triangle is read. */
function solve(
  gram: Float64Array,
  products: Float64Array,
  size: number,
  columns: number,
  penalty: number,
): Float64Array {
  const lower = Float64Array.from(gram);
  for (let i = 0; i < size; i++) {
    (lower[i * size + i] as number) += penalty;
    for (let j = 0; j <= i; j++) {
      let sum = lower[i * size + j] as number;
      for (let k = 0; k < j; k++) sum -= (lower[i * size + k] as number) * (lower[j * size + k] as number);
      lower[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (lower[j * size + j] as number);
    }
  }
  const solution = Float64Array.from(products);
  for (let column = 0; column < columns; column++) {
    for (let i = 0; i < size; i++) {
      let sum = solution[i * columns + column] as number;
      for (let k = 0; k < i; k++) sum -= (lower[i * size + k] as number) * (solution[k * columns + column] as number);
      solution[i * columns + column] = sum / (lower[i * size + i] as number);
    }
    for (let i = size - 1; i >= 0; i--) {
      let sum = solution[i * columns + column] as number;
      for (let k = i + 1; k < size; k++)
        sum -= (lower[k * size + i] as number) * (solution[k * columns + column] as number);
      solution[i * columns + column] = sum / (lower[i * size + i] as number);
    }
  }
  return solution;
}

/** (rows, F) -> (rows, K). */
export function applyLinear({ weights, inputMean, targetMean }: Linear, x: Float64Array): Float64Array {
  const [features, columns] = [inputMean.length, targetMean.length];
  const rows = x.length / features;
  const y = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) y[row * columns + column] = targetMean[column] as number;
    for (let feature = 0; feature < features; feature++) {
      const value = (x[row * features + feature] as number) - (inputMean[feature] as number);
      if (value === 0) continue;
      for (let column = 0; column < columns; column++) {
        (y[row * columns + column] as number) += value * (weights[feature * columns + column] as number);
      }
    }
  }
  return y;
}
