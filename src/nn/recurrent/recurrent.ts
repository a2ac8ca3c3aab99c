import { requireArgument } from "../../core/errors.ts";
import { formatShape, type Shape } from "../../core/shape.ts";
import { concat } from "../../tensor/create.ts";
import { foldKey, randomBernoulli } from "../../tensor/random.ts";
import { type Tensor, where } from "../../tensor/tensor.ts";
import { dropout } from "../dropout.ts";
import type { Fields, Resolved } from "../fields.ts";
import type { BlockInit, InitInput } from "../init/init.ts";
import type { BuildInner, LayerRule, LayerScope, ParameterSpec } from "../layer.ts";
import { type Cell, RECURRENT_FIELDS, type RecurrentOptions } from "./cell.ts";
import { unroll } from "./unroll.ts";

/** The configuration of a recurrent layer with any cell. */
export type RecurrentConfig = RecurrentOptions & { readonly type: string };

/** Uses of a layer's key within one step. */
const INPUT_KEY = 0;
const STATE_KEY = 1;

function checkShape(inputShape: Shape): { readonly length: number; readonly features: number } {
  const [length = 0, features = 0] = inputShape;
  requireArgument(
    inputShape.length === 2,
    `expects sequences (T, F) of T steps with F features, got ${formatShape(inputShape)}. ${
      inputShape.length < 2
        ? 'Put { "type": "reshape", "shape": [T, F] } before it, or { "type": "embedding" } for indices.'
        : 'Put { "type": "reshape", "shape": [T, -1] } before it.'
    }`,
    { inputShape },
  );
  requireArgument(
    length > 0 && features > 0,
    `needs at least one step and one feature, got ${formatShape(inputShape)}. Leave empty sequences out, or pad them (padSequences).`,
    { inputShape },
  );
  return { length, features };
}

function checkOptions(config: Resolved<RecurrentConfig>): void {
  const { bias, recurrentBias, dropout: rate, layers, bidirectional, reverse } = config;
  requireArgument(
    rate === 0 || layers > 1,
    `dropout acts between layers, but there is only one. Give layers: 2 or more, or inputDropout or recurrentDropout.`,
    { dropout: rate, layers },
  );
  requireArgument(!recurrentBias || bias, "recurrentBias is a second bias and needs bias: true.", {
    bias,
    recurrentBias,
  });
  requireArgument(!(bidirectional && reverse), "bidirectional already reads in both directions. Leave reverse out.", {
    bidirectional,
    reverse,
  });
}

/** Whether the layer consists of inner recurrent layers and has no parameters of its own. */
function isContainer({ layers, bidirectional }: Resolved<RecurrentConfig>): boolean {
  return layers > 1 || bidirectional;
}

/** Builds stacked layers as inner layers `0`, `1`, …; directions as `forward` and `backward`. */
function buildParts(config: Resolved<RecurrentConfig>, inputShape: Shape, build: BuildInner): Shape {
  const { length } = checkShape(inputShape);
  checkOptions(config);
  const { layers, bidirectional, returnSequences, units } = config;
  if (layers > 1) {
    let shape = inputShape;
    for (let index = 0; index < layers; index++) {
      const part = {
        ...config,
        layers: 1,
        dropout: 0,
        inputDropout: index === 0 ? config.inputDropout : config.dropout,
        returnSequences: returnSequences || index < layers - 1,
      };
      shape = build(String(index), part, shape, []);
    }
    return shape;
  }
  if (bidirectional) {
    const part = { ...config, bidirectional: false };
    build("forward", part, inputShape, []);
    build("backward", { ...part, reverse: true }, inputShape, []);
  }
  const width = bidirectional ? 2 * units : units;
  return returnSequences ? [length, width] : [width];
}

/** Here "auto" is the layer's default: the gates follow these weights, not the activation after the layer. */
function orDefault(init: InitInput, fallback: BlockInit): InitInput {
  return (typeof init === "string" ? init : init.type) === "auto" ? fallback : init;
}

/** One initialiser per gate, so that each is drawn separately: the rows of all gates together would not be orthogonal squares. */
function perGate(init: InitInput, gates: number): InitInput {
  const type = typeof init === "string" ? init : init.type;
  if (gates === 1 || type === "blocks") return init;
  return { type: "blocks", blocks: new Array<BlockInit>(gates).fill(init as BlockInit) };
}

function parametersOf<C extends RecurrentConfig>(
  cell: Cell<C>,
  config: Resolved<C>,
  inputShape: Shape,
): Readonly<Record<string, ParameterSpec>> {
  const { units, init, recurrentInit } = config as Resolved<RecurrentConfig>;
  const { features } = checkShape(inputShape);
  const rows = cell.gates * units;
  return {
    inputWeight: {
      shape: [rows, features],
      init: orDefault(init, "glorotUniform"),
      fans: { fanIn: features, fanOut: units },
    },
    recurrentWeight: {
      shape: [rows, units],
      init: perGate(orDefault(recurrentInit, "orthogonal"), cell.gates),
      fans: { fanIn: units, fanOut: units },
    },
    ...cell.parameters(config),
  };
}

/** The recurrence of one layer in one direction. */
function applyCell<C extends RecurrentConfig>(
  cell: Cell<C>,
  config: Resolved<C>,
  x: Tensor,
  scope: LayerScope,
): Tensor {
  const { units, mask, reverse, returnSequences, inputDropout, recurrentDropout } = config as Resolved<RecurrentConfig>;
  const steps = x.transpose([1, 0, 2]);
  const drawn = (use: number): Tensor => foldKey(scope.key(), use);
  // detects padding before dropout
  const present = mask === undefined ? undefined : steps.notEqual(mask).cast("float32").max(2, true).greater(0);
  const isDropping = (rate: number): boolean => scope.stochastic && rate > 0;
  const seen = isDropping(inputDropout) ? dropout(steps, drawn(INPUT_KEY), inputDropout) : steps;
  const { sequence, final } = unroll({
    cell: cell.bind(config, scope.parameters),
    steps: seen,
    inputWeight: scope.parameters.inputWeight as Tensor,
    units,
    stateCount: cell.stateCount,
    reverse,
    present,
    dropState: isDropping(recurrentDropout)
      ? stateDropout(drawn(STATE_KEY), [x.shape[0] as number, units], recurrentDropout)
      : undefined,
  });
  if (!returnSequences) return final[0] as Tensor;
  const outputs = sequence();
  const marked = present === undefined ? outputs : where(present, outputs, mask as number);
  return marked.transpose([1, 0, 2]);
}

/** h -> mask h / (1 - rate), one mask for the whole sequence. */
function stateDropout(key: Tensor, shape: Shape, rate: number): (hidden: Tensor) => Tensor {
  const factor = where(randomBernoulli(key, shape, 1 - rate), 1 / (1 - rate), 0);
  return (hidden) => hidden.mul(factor);
}

/** The rule of a recurrent layer: what all cells share, and the fields of this cell. */
export function recurrentRule<C extends RecurrentConfig>(
  cell: Cell<C>,
  own: Omit<Fields<C>, keyof RecurrentOptions>,
): LayerRule<C> {
  return {
    facts: {
      role: "recurrent",
      activation: cell.activation,
      isGated: cell.isGated,
      passes: "nothing",
      unitAxis: "last",
    },
    fields: { ...RECURRENT_FIELDS, ...own } as unknown as Fields<C>,
    build: (config, inputShape, build) => buildParts(config as Resolved<RecurrentConfig>, inputShape, build),
    parameters: (config, inputShape) =>
      isContainer(config as Resolved<RecurrentConfig>) ? {} : parametersOf(cell, config, inputShape),
    isRandom: (config) => {
      const { inputDropout, recurrentDropout } = config as Resolved<RecurrentConfig>;
      return inputDropout > 0 || recurrentDropout > 0;
    },
    apply: (config, x, scope) => {
      const { layers, bidirectional } = config as Resolved<RecurrentConfig>;
      if (layers > 1) {
        let y = x;
        for (let index = 0; index < layers; index++) y = scope.inner(String(index), y);
        return y;
      }
      if (!bidirectional) return applyCell(cell, config, x, scope);
      return concat([scope.inner("forward", x), scope.inner("backward", x)], -1);
    },
  };
}
