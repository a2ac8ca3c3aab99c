import type { RemedyRule } from "./remedy.ts";

const none = () => undefined;

/** More samples: a network that memorises has too few. */
export const moreData: RemedyRule = {
  source:
    "Banko & Brill, Scaling to Very Very Large Corpora for Natural Language Disambiguation, 2001; Halevy, Norvig & Pereira, The Unreasonable Effectiveness of Data, 2009",
  rewrite: none,
  isAdvice: true,
};

/** Another network: one that cannot represent the task does not learn it at any rate. */
export const architecture: RemedyRule = {
  source: "Goodfellow, Bengio & Courville, Deep Learning, 2016, sections 5.2 and 11.3",
  rewrite: none,
  isAdvice: true,
};

/** Other labels: labels that contradict each other, or do not depend on the input, cannot be learned. */
export const dataFault: RemedyRule = {
  source:
    "Northcutt, Athalye & Mueller, Pervasive Label Errors in Test Sets Destabilize Machine Learning Benchmarks, 2021",
  rewrite: none,
  isAdvice: true,
};
