import type { LayerInput } from "../../../src/nn/layers.ts";

interface LayerCase {
  readonly inputShape: readonly number[];
  readonly layer: LayerInput;
}

/** Fields that every recurrent layer has, alone and together. */
const SHARED = [
  {},
  { returnSequences: true },
  { reverse: true, returnSequences: true },
  { bidirectional: true },
  { bidirectional: true, returnSequences: true, layers: 2, dropout: 0.3 },
  { layers: 3 },
  { bias: false },
  { recurrentBias: true },
  { inputDropout: 0.4, recurrentDropout: 0.4 },
  { mask: 0, returnSequences: true },
  { init: "heNormal", recurrentInit: "glorotNormal" },
] as const;

const SEQUENCES = [3, 2];

function casesOf<T extends "rnn" | "lstm" | "gru">(type: T, own: readonly object[]): readonly LayerCase[] {
  return [...SHARED, ...own].map((fields) => ({
    inputShape: SEQUENCES,
    layer: { type, units: 2, ...fields } as LayerInput,
  }));
}

/** Every layer over sequences, with each of its options. */
export const RECURRENT_CASES = {
  embedding: [
    { inputShape: [4], layer: { type: "embedding", vocabulary: 3, units: 2 } },
    { inputShape: [4], layer: { type: "embedding", vocabulary: 3, units: 2, padding: 0, init: "glorotNormal" } },
    { inputShape: [], layer: { type: "embedding", vocabulary: 3, units: 2 } },
  ] as readonly LayerCase[],
  rnn: casesOf("rnn", [{ activation: "relu" }, { activation: "identity" }]),
  lstm: casesOf("lstm", [
    { peepholes: true, bidirectional: true },
    { forgetBias: 2, activation: "softsign", gateActivation: "hardSigmoid" },
  ]),
  gru: casesOf("gru", [
    { resetAfter: false },
    { resetAfter: false, recurrentBias: true },
    { resetAfter: false, bias: false },
    { activation: "identity", gateActivation: "hardSigmoid" },
  ]),
};
