import { fitPca } from "../../src/data/pca.ts";
import { flatten } from "./arrays.ts";
import type { Case, Kind } from "./case.ts";
import type { Comparison } from "./compare.ts";

type Rows = readonly (readonly number[])[];

interface PcaVector {
  readonly name: string;
  /** a number, a share of the variance, or null for all */
  readonly nComponents: number | null;
  readonly whiten: boolean;
  readonly X: Rows;
  readonly mean: readonly number[];
  readonly components: Rows;
  readonly explainedVariance: readonly number[];
  readonly explainedVarianceRatio: readonly number[];
  readonly singularValues: readonly number[];
  readonly transformed: Rows;
  readonly inverse: Rows;
}

function runFit(vector: PcaVector, comparison: Comparison): void {
  const { nComponents, whiten } = vector;
  const pca = fitPca(vector.X, { whiten, ...(nComponents === null ? {} : { components: nComponents }) });
  comparison.check("mean", pca.mean, vector.mean);
  comparison.check("components", flatten(pca.components), flatten(vector.components));
  comparison.check("explained variance", pca.explainedVariance, vector.explainedVariance);
  comparison.check("its ratio", pca.explainedVarianceRatio, vector.explainedVarianceRatio);
  comparison.check("singular values", pca.singularValues, vector.singularValues);
  const transformed = pca.transform(flatten(vector.X));
  comparison.check("transformed", transformed, flatten(vector.transformed));
  comparison.check("inverse", pca.inverse(transformed), flatten(vector.inverse));
}

/** Principal components by scikit-learn. They are computed on the host, in float64, regardless of the backend. */
export const pca: Kind = {
  name: "pca-sklearn",
  recognises: ({ cases, runWith }) => Array.isArray(cases) && String(runWith).startsWith("scikit-learn"),
  cases: (content) =>
    (content as { readonly cases: readonly PcaVector[] }).cases.map(
      (vector): Case => ({
        name: `pca ${vector.name}`,
        tolerance: 1e-10,
        run: (comparison) => runFit(vector, comparison),
      }),
    ),
};
