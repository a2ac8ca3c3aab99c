import type { Problem, RemedyName } from "../../doctor/words.ts";

/** The first or the best description of a problem or remedy. */
export interface Paper {
  readonly author: string;
  readonly title: string;
  readonly year: number;
}

const paper = (author: string, title: string, year: number): Paper => ({ author, title, year });

const GLOROT = paper(
  "Glorot & Bengio",
  "Understanding the Difficulty of Training Deep Feedforward Neural Networks",
  2010,
);
const HE = paper(
  "He, Zhang, Ren & Sun",
  "Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet Classification",
  2015,
);
const PASCANU = paper("Pascanu, Mikolov & Bengio", "On the Difficulty of Training Recurrent Neural Networks", 2013);
const BRIDLE = paper(
  "Bridle",
  "Probabilistic Interpretation of Feedforward Classification Network Outputs, with Relationships to Statistical Pattern Recognition",
  1990,
);
const GOLIK = paper(
  "Golik, Doetsch & Ney",
  "Cross-Entropy vs. Squared Error Training: a Theoretical and Experimental Comparison",
  2013,
);
const LECUN = paper("LeCun, Bottou, Orr & Müller", "Efficient BackProp", 1998);
const VAN_HASSELT = paper(
  "van Hasselt, Guez, Hessel, Mnih & Silver",
  "Learning Values across Many Orders of Magnitude",
  2016,
);
const SMITH = paper("Smith", "Cyclical Learning Rates for Training Neural Networks", 2017);
const DEEP_LEARNING = paper("Goodfellow, Bengio & Courville", "Deep Learning", 2016);

export const PROBLEM_PAPERS = {
  "vanishing-gradient": GLOROT,
  "exploding-gradient": PASCANU,
  "dead-units": paper(
    "Lu, Shin, Su & Karniadakis",
    "Dying ReLU and Initialization: Theory and Numerical Examples",
    2020,
  ),
  "saturated-units": GLOROT,
  "poor-initialisation": HE,
  "symmetric-initialisation": DEEP_LEARNING,
  "output-activation-mismatch": BRIDLE,
  "loss-mismatch": GOLIK,
  "unscaled-input": LECUN,
  "unscaled-target": VAN_HASSELT,
  "learning-rate-too-high": SMITH,
  "learning-rate-too-low": paper(
    "Bengio",
    "Practical Recommendations for Gradient-Based Training of Deep Architectures",
    2012,
  ),
  "slow-convergence": paper(
    "Sutskever, Martens, Dahl & Hinton",
    "On the Importance of Initialization and Momentum in Deep Learning",
    2013,
  ),
  "oscillating-loss": paper(
    "Cohen, Kaur, Li, Kolter & Talwalkar",
    "Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability",
    2021,
  ),
  overfitting: paper("Geman, Bienenstock & Doursat", "Neural Networks and the Bias/Variance Dilemma", 1992),
  underfitting: DEEP_LEARNING,
  "numerical-error": paper(
    "Goldberg",
    "What Every Computer Scientist Should Know About Floating-Point Arithmetic",
    1991,
  ),
  "label-fault": paper(
    "Northcutt, Athalye & Mueller",
    "Pervasive Label Errors in Test Sets Destabilize Machine Learning Benchmarks",
    2021,
  ),
} as const satisfies Readonly<Record<Problem, Paper>>;

export const REMEDY_PAPERS = {
  init: HE,
  activation: paper("Nair & Hinton", "Rectified Linear Units Improve Restricted Boltzmann Machines", 2010),
  "batch-norm": paper(
    "Ioffe & Szegedy",
    "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
    2015,
  ),
  clip: PASCANU,
  optimizer: paper("Kingma & Ba", "Adam: A Method for Stochastic Optimization", 2015),
  "learning-rate": SMITH,
  dropout: paper(
    "Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov",
    "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
    2014,
  ),
  l2: paper("Krogh & Hertz", "A Simple Weight Decay Can Improve Generalization", 1992),
  "early-stopping": paper("Prechelt", "Early Stopping - But When?", 1998),
  "output-activation": BRIDLE,
  loss: GOLIK,
  "scale-inputs": LECUN,
  "scale-targets": VAN_HASSELT,
  "batch-size": paper("Masters & Luschi", "Revisiting Small Batch Training for Deep Neural Networks", 2018),
  "more-epochs": paper(
    "Hoffer, Hubara & Soudry",
    "Train Longer, Generalize Better: Closing the Generalization Gap in Large Batch Training of Neural Networks",
    2017,
  ),
  "more-data": paper("Banko & Brill", "Scaling to Very Very Large Corpora for Natural Language Disambiguation", 2001),
  architecture: paper("He, Zhang, Ren & Sun", "Deep Residual Learning for Image Recognition", 2016),
  "data-fault": paper(
    "Northcutt, Jiang & Chuang",
    "Confident Learning: Estimating Uncertainty in Dataset Labels",
    2021,
  ),
} as const satisfies Readonly<Record<RemedyName, Paper>>;

/** Author, "Title", year. */
export function cite({ author, title, year }: Paper): string {
  return `${author}, "${title}", ${year}`;
}
