import { float32Below } from "../../core/below.ts";
import { splitConfig } from "../../core/config.ts";
import type { HostArray } from "../../core/dtype.ts";
import { requireArgument } from "../../core/errors.ts";
import { number, type RequiredField, required } from "../../core/fields.ts";
import { reference } from "../../core/json-schema.ts";
import { formatShape, type Shape, sizeOf } from "../../core/shape.ts";
import { type Field, type Fields, numberField, positiveField, type Resolved, resolveConfig } from "../fields.ts";
import type { Fans } from "./fans.ts";
import { orthogonalValues } from "./orthogonal.ts";
import { normalQuantile } from "./quantile.ts";
import { uniformStream } from "./stream.ts";

interface Gained<T extends string> {
  readonly type: T;
  /** multiplies the standard deviation. Default 1 */
  readonly gain?: number;
}

interface Sloped<T extends string> {
  readonly type: T;
  /** slope a of the rectifier that follows, for negative inputs. Default 0 */
  readonly slope?: number;
}

interface Spread<T extends string> {
  readonly type: T;
  /** standard deviation; for the truncated form, after truncation. Default 0.05 */
  readonly std?: number;
}

export type InitConfig =
  | Gained<"glorotNormal">
  | Gained<"glorotTruncatedNormal">
  | Gained<"glorotUniform">
  | Sloped<"heNormal">
  | Sloped<"heTruncatedNormal">
  | Sloped<"heUniform">
  | Gained<"lecunNormal">
  | Gained<"lecunTruncatedNormal">
  | Gained<"lecunUniform">
  | Gained<"orthogonal">
  | { readonly type: "constant"; readonly value: number }
  | { readonly type: "zeros" }
  | { readonly type: "ones" }
  | Spread<"normal">
  | Spread<"truncatedNormal">
  /** on [-limit, limit); default 0.05 */
  | { readonly type: "uniform"; readonly limit?: number }
  /** rows split into equal blocks, each drawn separately: the gates of a recurrent layer */
  | { readonly type: "blocks"; readonly blocks: readonly BlockInit[] };

/** What a block of rows may be. */
export type BlockInit = Exclude<InitConfig, { readonly type: "blocks" }> | Exclude<InitType, "blocks">;

export type InitType = InitConfig["type"];

/** What a layer's `init` takes: a name, a configuration, or "auto", which depends on the activation that follows. */
export type InitInput = InitConfig | InitType | "auto";

interface InitRule<C extends { readonly type: string }> {
  readonly fields: Fields<C>;
  /** the values, row-major; `uniforms()` gives one number in (0, 1) per element, from the parameter's own stream */
  readonly values: (config: Resolved<C>, shape: Shape, fans: Fans, uniforms: () => Float64Array) => Float64Array;
}

/** Standard deviation of a standard normal truncated at -2 and 2; dividing by it restores a deviation of 1. */
const CUT_DEVIATION = 0.8796256610342398;
/** P(Z < -2) */
const BELOW_CUT = 0.022750131948179212;

/** On [-limit, limit), also when rounded to float32. */
function uniformValues(limit: number, u: Float64Array): Float64Array {
  const highest = float32Below(limit);
  return u.map((p) => Math.min(limit * (2 * p - 1), highest));
}

const DISTRIBUTIONS = {
  /** N(0, std^2) */
  normal: (std: number, u: Float64Array) => u.map((p) => std * normalQuantile(p)),
  /** N(0, s^2) truncated at 2 s, with s = std / 0.8796… so that the result has deviation std */
  truncated: (std: number, u: Float64Array) =>
    u.map((p) => (std / CUT_DEVIATION) * normalQuantile(BELOW_CUT + p * (1 - 2 * BELOW_CUT))),
  /** U(-a, a), a = sqrt(3) std */
  uniform: (std: number, u: Float64Array) => uniformValues(std * Math.sqrt(3), u),
} as const;

type Distribution = keyof typeof DISTRIBUTIONS;

/** std = gain sqrt(2 / (fanIn + fanOut)). Source: Glorot & Bengio, 2010. */
function glorot<T extends string>(distribution: Distribution): InitRule<Gained<T>> {
  return {
    fields: { gain: positiveField(1) },
    values: ({ gain }, _, { fanIn, fanOut }, uniforms) =>
      DISTRIBUTIONS[distribution](gain * Math.sqrt(2 / (fanIn + fanOut)), uniforms()),
  };
}

/** std = sqrt(2 / ((1 + a^2) fanIn)), a the slope of the rectifier. Source: He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", 2015. */
function he<T extends string>(distribution: Distribution): InitRule<Sloped<T>> {
  return {
    fields: { slope: numberField(0) },
    values: ({ slope }, _, { fanIn }, uniforms) =>
      DISTRIBUTIONS[distribution](Math.sqrt(2 / ((1 + slope ** 2) * fanIn)), uniforms()),
  };
}

/** std = gain sqrt(1 / fanIn). Source: LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998. */
function lecun<T extends string>(distribution: Distribution): InitRule<Gained<T>> {
  return {
    fields: { gain: positiveField(1) },
    values: ({ gain }, _, { fanIn }, uniforms) => DISTRIBUTIONS[distribution](gain * Math.sqrt(1 / fanIn), uniforms()),
  };
}

function fill(value: number, shape: Shape): Float64Array {
  return new Float64Array(sizeOf(shape)).fill(value);
}

/** The values of each block in order; `fans` are those of one block. */
function blockValues(
  blocks: readonly BlockInit[],
  shape: Shape,
  fans: Fans,
  uniforms: () => Float64Array,
): Float64Array {
  const [rows = 0, ...rest] = shape;
  requireArgument(
    rows % blocks.length === 0,
    `init, blocks: ${blocks.length} blocks must divide the ${rows} rows of ${formatShape(shape)}.`,
    { shape, blocks: blocks.length },
  );
  const blockShape = [rows / blocks.length, ...rest];
  const size = sizeOf(blockShape);
  const values = fill(0, shape);
  let all: Float64Array | undefined;
  blocks.forEach((block, index) => {
    const [start, end] = [index * size, (index + 1) * size];
    const own = (): Float64Array => {
      all ??= uniforms();
      return all.subarray(start, end);
    };
    const config = resolveInit("init, blocks", block) as Resolved<InitConfig>;
    const rule = INITIALIZERS[config.type] as InitRule<InitConfig>;
    values.set(rule.values(config, blockShape, fans, own), start);
  });
  return values;
}

const blocksField: RequiredField<readonly BlockInit[]> = {
  isRequired: true,
  expected: "a list of initialisers, one for each block of rows",
  schema: { type: "array", items: reference("initializer"), minItems: 1 },
  accepts: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((block) => block !== "auto" && block !== "blocks" && block?.type !== "blocks"),
  expand: (value, where) => value.map((block) => resolveInit(where, block) as BlockInit),
};

type ConfigOf<T extends InitType> = Extract<InitConfig, { readonly type: T }>;

/** Every initialiser. A type without an entry does not compile. */
export const INITIALIZERS: { readonly [T in InitType]: InitRule<ConfigOf<T>> } = {
  glorotNormal: glorot("normal"),
  glorotTruncatedNormal: glorot("truncated"),
  glorotUniform: glorot("uniform"),
  heNormal: he("normal"),
  heTruncatedNormal: he("truncated"),
  heUniform: he("uniform"),
  lecunNormal: lecun("normal"),
  lecunTruncatedNormal: lecun("truncated"),
  lecunUniform: lecun("uniform"),
  orthogonal: {
    fields: { gain: positiveField(1) },
    values: ({ gain }, shape, _, uniforms) => orthogonalValues(shape, gain, uniforms()),
  },
  constant: {
    fields: { value: required(number()) },
    values: ({ value }, shape) => fill(value, shape),
  },
  zeros: { fields: {}, values: (_, shape) => fill(0, shape) },
  ones: { fields: {}, values: (_, shape) => fill(1, shape) },
  normal: {
    fields: { std: positiveField(0.05) },
    values: ({ std }, _shape, _fans, uniforms) => DISTRIBUTIONS.normal(std, uniforms()),
  },
  truncatedNormal: {
    fields: { std: positiveField(0.05) },
    values: ({ std }, _shape, _fans, uniforms) => DISTRIBUTIONS.truncated(std, uniforms()),
  },
  uniform: {
    fields: { limit: positiveField(0.05) },
    values: ({ limit }, _shape, _fans, uniforms) => uniformValues(limit, uniforms()),
  },
  blocks: {
    fields: { blocks: blocksField },
    values: ({ blocks }, shape, fans, uniforms) => blockValues(blocks, shape, fans, uniforms),
  },
};

const INIT_NAMES = ["auto", ...(Object.keys(INITIALIZERS) as InitType[])] as const;

/** An initialiser's configuration with its defaults filled in; "auto" stays.
 *  @throws `unknown-field` for an unknown name or field, `bad-argument` for a value out of range. */
export function resolveInit(where: string, init: InitInput): InitConfig | "auto" {
  if (init === "auto") return init;
  const { type, options } = splitConfig(where, "initialiser", init, INIT_NAMES);
  if (type === "auto") return type;
  return resolveConfig(
    `${where}, ${type}`,
    { ...options, type },
    INITIALIZERS[type].fields as Fields<InitConfig>,
  ) as InitConfig;
}

/** The field of a layer that takes an initialiser. */
export function initField(fallback: InitInput): Field<InitInput> {
  return {
    expected: 'the name of an initialiser, { type: name, … } or "auto"',
    accepts: (value) => typeof value === "string" || (typeof value === "object" && value !== null && "type" in value),
    schema: reference("initializer"),
    fallback,
    expand: (value, where) => resolveInit(where, value),
  };
}

/** Draws a parameter's initial values: a pure function of seed and name, computed on the host in float64.
 *  @param name of the parameter; each name has its own stream, so that other parameters do not change the values.
 *  @throws `bad-argument`, `unknown-field` as `resolveInit`. */
export function drawInitial(
  init: InitConfig | InitType,
  shape: Shape,
  fans: Fans,
  seed: number,
  name: string,
): HostArray {
  const config = resolveInit(`init of ${name}`, init) as Resolved<InitConfig>;
  const rule = INITIALIZERS[config.type] as InitRule<InitConfig>;
  const data = rule.values(config, shape, fans, () => uniformStream(seed, name, sizeOf(shape)));
  return { shape, dtype: "float32", data };
}
