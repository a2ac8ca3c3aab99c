import type { HostArray } from "../../src/core/dtype.ts";
import { GradusError } from "../../src/core/errors.ts";
import type { Resolved } from "../../src/nn/fields.ts";
import type { LayerInfo } from "../../src/nn/model.ts";
import type { GruConfig } from "../../src/nn/recurrent/gru.ts";
import type { LstmConfig } from "../../src/nn/recurrent/lstm.ts";
import type { LayerScope } from "./layer-scope.ts";

/** ONNX's gates i, o, f, c by their place among ours: i, f, g, o. */
const LSTM_GATES = [0, 3, 1, 2];
/** ONNX's gates z, r, h by their place among ours: r, z, n. */
const GRU_GATES = [1, 0, 2];

type Config = Resolved<LstmConfig> | Resolved<GruConfig>;

/** @throws GradusError `bad-argument` for anything but one layer in one direction that returns its last step, with one bias. */
export function exportLstm(layer: LayerInfo, x: string, scope: LayerScope): string {
  const config = layer.config as Resolved<LstmConfig>;
  requirePlain(layer, config, !config.peepholes);
  const { bias } = scope.arrays as { bias: HostArray };
  const second = new Float32Array(bias.data.length);
  return lastStep("LSTM", LSTM_GATES, layer, x, scope, second);
}

/** @throws GradusError as `exportLstm`; also if the reset gate acts before the product. */
export function exportGru(layer: LayerInfo, x: string, scope: LayerScope): string {
  const config = layer.config as Resolved<GruConfig>;
  requirePlain(layer, config, config.resetAfter);
  // ours is the second bias of the candidate alone
  const { candidateBias } = scope.arrays as { candidateBias: HostArray };
  const second = Float32Array.from({ length: 3 * config.units }, (_, at) =>
    Number(candidateBias.data[at - 2 * config.units] ?? 0),
  );
  return lastStep("GRU", GRU_GATES, layer, x, scope, second);
}

function requirePlain({ type }: LayerInfo, config: Config, isPlain: boolean): void {
  const { layers, bidirectional, reverse, returnSequences, mask, bias, recurrentBias } = config;
  const { activation, gateActivation } = config;
  const isUsual = activation === "tanh" && gateActivation === "sigmoid";
  const isOne = layers === 1 && !bidirectional && !reverse && !returnSequences;
  if (isPlain && isUsual && isOne && mask === undefined && bias && !recurrentBias) return;
  throw new GradusError("bad-argument", `${type} with these options has no form in ONNX here.`, { config });
}

/** x (N, T, F) -> (T, N, F), the recurrent operation, and its last step (N, H). */
function lastStep(
  operation: "LSTM" | "GRU",
  gates: readonly number[],
  { config }: LayerInfo,
  x: string,
  { graph, arrays }: LayerScope,
  secondBias: Float32Array,
): string {
  const { units } = config as Config;
  const { inputWeight, recurrentWeight, bias } = arrays as Readonly<Record<string, HostArray>> & {
    readonly inputWeight: HostArray;
    readonly recurrentWeight: HostArray;
    readonly bias: HostArray;
  };
  const matrix = ({ shape, data }: HostArray) =>
    graph.constant([1, ...shape], reordered(data, gates, units * (shape[1] as number)));
  const biases = [...reordered(bias.data, gates, units), ...reordered(secondBias, gates, units)];
  const turned = graph.add("Transpose", [x], { perm: { ints: [1, 0, 2] } });
  const inputs = [turned, matrix(inputWeight), matrix(recurrentWeight), graph.constant([1, biases.length], biases)];
  const [, last] = graph.addParts(operation, inputs, 2, {
    hidden_size: { int: units },
    ...(operation === "GRU" ? { linear_before_reset: { int: 1 } } : {}),
  }) as [string, string];
  return graph.add("Squeeze", [last, graph.integers([0])]);
}

/** The blocks of the gates in another order. */
function reordered(data: HostArray["data"], gates: readonly number[], block: number): readonly number[] {
  return gates.flatMap((gate) => Array.from({ length: block }, (_, at) => Number(data[gate * block + at])));
}
