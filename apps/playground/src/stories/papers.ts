import type { Paper } from "./story.ts";

/** Papers that more than one story rests on. */
export const GLOROT_2010: Paper = {
  authors: "Glorot & Bengio",
  title: "Understanding the Difficulty of Training Deep Feedforward Neural Networks",
  year: 2010,
};
export const PASCANU_2013: Paper = {
  authors: "Pascanu, Mikolov & Bengio",
  title: "On the Difficulty of Training Recurrent Neural Networks",
  year: 2013,
};
export const BENGIO_1994: Paper = {
  authors: "Bengio, Simard & Frasconi",
  title: "Learning Long-Term Dependencies with Gradient Descent Is Difficult",
  year: 1994,
};
