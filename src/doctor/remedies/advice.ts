import type { RemedyRule } from "./remedy.ts";

const none = () => undefined;

/** More samples: a network that learns by heart has too few to do otherwise. */
export const moreData: RemedyRule = {
  source:
    "Banko & Brill, Scaling to Very Very Large Corpora for Natural Language Disambiguation, 2001; Halevy, Norvig & Pereira, The Unreasonable Effectiveness of Data, 2009",
  rewrite: none,
  isAdvice: true,
};

/** Another network: one that cannot hold what is to be learned learns it at no rate. */
export const architecture: RemedyRule = {
  source: "Goodfellow, Bengio & Courville, Deep Learning, 2016, sections 5.2 and 11.3",
  rewrite: none,
  isAdvice: true,
};

/** Other labels: what contradicts itself, or says nothing of the input, can be learned by nobody. */
export const dataFault: RemedyRule = {
  source:
    "Northcutt, Athalye & Mueller, Pervasive Label Errors in Test Sets Destabilize Machine Learning Benchmarks, 2021",
  rewrite: none,
  isAdvice: true,
};
