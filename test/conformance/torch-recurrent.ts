import type { LayerConfig } from "../../src/nn/layers.ts";
import { Unsupported } from "./case.ts";
import type { TorchLayer } from "./torch-model.ts";

/** A recurrent layer of PyTorch returns the output of every step; the module after it in a trajectory takes the last one. */
export function recurrentLayers(given: TorchLayer): readonly LayerConfig[] {
  const { type, hidden, layers = 1, bidirectional = false, nonlinearity = "tanh" } = given;
  if (typeof hidden !== "number" || typeof layers !== "number" || typeof bidirectional !== "boolean") {
    throw new Unsupported(`${type} with ${JSON.stringify(given)}`);
  }
  const shared = { units: hidden, layers, bidirectional, returnSequences: true, recurrentBias: true } as const;
  const last: LayerConfig = { type: "sequencePool", kind: "last" };
  if (type === "lstm" || type === "gru") return [{ ...shared, type }, last];
  if (nonlinearity !== "tanh" && nonlinearity !== "relu") throw new Unsupported(`rnn with ${String(nonlinearity)}`);
  return [{ ...shared, type: "rnn", activation: nonlinearity }, last];
}

const NAMES: Readonly<Record<string, string>> = {
  weight_ih: "inputWeight",
  weight_hh: "recurrentWeight",
  bias_ih: "bias",
  bias_hh: "recurrentBias",
};

/** The place of a recurrent layer's parameter (`weight_ih_l1_reverse`) in its branch of our tree (`1.backward.inputWeight`);
 *  undefined for a name of another kind. */
export function recurrentName(name: string, { layers = 1, bidirectional = false }: TorchLayer): string | undefined {
  const [, stem = "", layer = "", reverse] = /^(\w+_[ih]h)_l(\d+)(_reverse)?$/.exec(name) ?? [];
  const ours = NAMES[stem];
  if (ours === undefined) return undefined;
  const direction = reverse === undefined ? "forward" : "backward";
  return [...((layers as number) > 1 ? [layer] : []), ...(bidirectional ? [direction] : []), ours].join(".");
}
