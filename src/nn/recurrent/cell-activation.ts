/** What a cell may put over its sums: activations without parameters of their own. */
export type CellActivation = "tanh" | "relu" | "sigmoid" | "hardSigmoid" | "softsign" | "identity";
