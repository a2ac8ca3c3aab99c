import { type Case, type Kind, Unsupported } from "./case.ts";

interface PcaFile {
  readonly cases: readonly { readonly name: string }[];
}

/** Principal components by scikit-learn, which nothing here computes. */
export const pca: Kind = {
  name: "pca-sklearn",
  recognises: ({ cases, runWith }) => Array.isArray(cases) && String(runWith).startsWith("scikit-learn"),
  cases: (content) =>
    (content as PcaFile).cases.map(
      ({ name }): Case => ({
        name: `pca ${name}`,
        tolerance: 1e-10,
        run() {
          throw new Unsupported("principal component analysis");
        },
      }),
    ),
};
