import assert from "node:assert/strict";
import { test } from "node:test";
import type { FunctionBuilder } from "../../src/codegen/builder.ts";
import { cos, erf, exp, log, pow, sigmoid, sin, tanh } from "../../src/codegen/math/index.ts";
import type { Register } from "../../src/codegen/program.ts";
import { erf as erf64 } from "../../src/core/erf.ts";
import { evaluate, type Variant, wasmVariants } from "./harness.ts";
import { nativeVariants } from "./native-variants.ts";
import { sweep, ulpError, uniform } from "./ulp.ts";

type Program = (b: FunctionBuilder, x: Register) => Register;

interface Case {
  readonly program: Program;
  readonly reference: (x: number) => number;
  /** greatest error in ulps with and without fused multiply-add, as stated in the functions' comments */
  readonly bound: readonly [fused: number, unfused: number];
  readonly ranges: readonly (readonly [number, number])[];
  /** results must equal the reference's exactly */
  readonly exact: readonly number[];
}

const DENORMAL = 2 ** -149;
const LARGEST = 3.4028234663852886e38;
const INFINITIES = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

function sigmoid64(x: number): number {
  return x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
}

const cases: Readonly<Record<string, Case>> = {
  exp: {
    program: exp,
    reference: Math.exp,
    bound: [1, 1.5],
    ranges: [
      [DENORMAL, 88.7],
      [-DENORMAL, -103.9],
    ],
    exact: [0, -0, ...INFINITIES, Number.NaN, 89, 1000, LARGEST, -104, -150, -1e10, -LARGEST],
  },
  log: {
    program: log,
    reference: Math.log,
    bound: [1, 1],
    ranges: [
      [DENORMAL, LARGEST],
      [0.5, 2],
      [0.99, 1.01],
    ],
    exact: [0, -0, 1, ...INFINITIES, Number.NaN, -1, -DENORMAL, -LARGEST],
  },
  tanh: {
    program: tanh,
    reference: Math.tanh,
    bound: [3, 3.5],
    ranges: [
      [DENORMAL, 10],
      [-DENORMAL, -10],
      [0.1, 3],
      [10, LARGEST],
    ],
    exact: [0, -0, ...INFINITIES, Number.NaN, 1e-20, -DENORMAL, 1e-40],
  },
  sigmoid: {
    program: sigmoid,
    reference: sigmoid64,
    bound: [3, 3],
    ranges: [
      [DENORMAL, LARGEST],
      [-DENORMAL, -103],
    ],
    exact: [0, -0, ...INFINITIES, Number.NaN, -150],
  },
  erf: {
    program: erf,
    reference: erf64,
    bound: [3, 3.5],
    ranges: [
      [2 ** -120, 5],
      [-DENORMAL, -5],
      [0.1, 3],
    ],
    exact: [0, -0, ...INFINITIES, Number.NaN, LARGEST],
  },
  sin: {
    program: sin,
    reference: Math.sin,
    bound: [2.5, 2.5],
    ranges: [
      [DENORMAL, 12000],
      [-DENORMAL, -12000],
      [1, 100],
    ],
    exact: [0, -0, ...INFINITIES, Number.NaN, 1e-20, DENORMAL],
  },
  cos: {
    program: cos,
    reference: Math.cos,
    bound: [2.5, 2.5],
    ranges: [
      [DENORMAL, 12000],
      [-DENORMAL, -12000],
      [1, 100],
    ],
    exact: [0, -0, ...INFINITIES, Number.NaN, 1e-20],
  },
};

const LEAST = 2 ** -126;
const isSubnormal = (value: number): boolean => value !== 0 && Math.abs(value) < LEAST;

/** The argument as a target computes with it; if the target only moves or changes its bits, the argument itself. */
function seenBy({ target }: Variant, value: number): number {
  return target.flushesSubnormals && isSubnormal(value) ? 0 * value : value;
}

/** Error in ulps; results below 2^-126 may be 0. At 2^-126 itself either is allowed, because a logarithm of 87 is accurate to a few millionths. */
function flushedError(actual: number, expected: number): number {
  return actual === 0 && Math.abs(expected) < LEAST * 1.00001 ? 0 : ulpError(actual, expected);
}

for (const form of [...wasmVariants, ...nativeVariants("program")]) {
  for (const [name, { program, reference, bound, ranges, exact }] of Object.entries(cases)) {
    test(`${form.name}: ${name} stays within its error bound and gives its special values`, () => {
      const limit = bound[form.fused ? 0 : 1];
      for (const [from, to] of ranges) {
        const inputs = sweep(from, to, 50_000);
        const outputs = evaluate(form, [inputs], program);
        inputs.forEach((x, index) => {
          const [actual, seen] = [outputs[index] as number, seenBy(form, x)];
          const error = Math.min(flushedError(actual, reference(seen)), flushedError(actual, reference(x)));
          assert.ok(
            error <= limit,
            `${name}(${x}) = ${outputs[index]}, expected ${reference(x)}: ${error} ulp > ${limit}`,
          );
        });
      }
      const inputs = Float32Array.from(exact);
      const outputs = evaluate(form, [inputs], program);
      inputs.forEach((x, index) => {
        const [wanted, moved] = [Math.fround(reference(seenBy(form, x))), Math.fround(reference(x))];
        assert.ok(
          Object.is(outputs[index], wanted) || Object.is(outputs[index], moved),
          `${name}(${x}) = ${outputs[index]}, expected ${wanted}`,
        );
      });
    });
  }

  test(`${form.name}: tanh, erf, sin and cos never leave [-1, 1]`, () => {
    const edges = {
      tanh: sweep(5, 10, 100_000),
      erf: sweep(2.5, 4, 100_000),
      sin: sweep(1, LARGEST, 50_000),
      cos: sweep(1, LARGEST, 50_000),
    };
    for (const [name, inputs] of Object.entries(edges)) {
      const outputs = evaluate(form, [inputs], (cases[name] as Case).program);
      assert.ok(
        outputs.every((value) => Math.abs(value) <= 1),
        name,
      );
    }
  });

  test(`${form.name}: sin and cos stay accurate near their zeros`, () => {
    const inputs = Float32Array.from({ length: 7000 }, (_, turn) => (turn + 1) * (Math.PI / 2));
    for (const [program, reference] of [
      [sin, Math.sin],
      [cos, Math.cos],
    ] as const) {
      const outputs = evaluate(form, [inputs], program);
      inputs.forEach((x, index) => {
        const error = ulpError(outputs[index] as number, reference(x));
        assert.ok(error <= 2.5, `${reference.name}(${x}): ${error} ulp`);
      });
    }
  });

  test(`${form.name}: pow is accurate to 2 ulp for moderate exponents, 4 ulp for all`, () => {
    const random = uniform();
    const between = (least: number, most: number) => (): number => least + random() * (most - least);
    const regions: readonly [x: () => number, y: () => number, bound: number][] = [
      [() => Math.exp(between(-4, 4)()), between(-8, 8), 2],
      [() => 2 ** between(-140, 127)(), between(-2, 2), 2],
      [between(0.99, 1.01), between(-5000, 5000), 2],
      [() => 2 ** between(-149, -126)(), between(-0.8, 1), 2],
      [between(0.5, 2), between(-200, 200), 4],
    ];
    for (const [drawX, drawY, bound] of regions) {
      const x = Float32Array.from({ length: 50_000 }, drawX);
      const y = Float32Array.from({ length: 50_000 }, drawY);
      const outputs = evaluate(form, [x, y], pow);
      x.forEach((base, index) => {
        const expected = seenBy(form, base) ** seenBy(form, y[index] as number);
        const error = flushedError(outputs[index] as number, expected);
        assert.ok(error <= bound, `${base} ^ ${y[index]} = ${outputs[index]}, expected ${expected}: ${error} ulp`);
      });
    }
  });

  test(`${form.name}: pow of special values matches C`, () => {
    const special = [0, 1, 0.5, 2, 3, 2.5, 1e-30, 1e30, 16777215, 16777216, 1e38, DENORMAL, Number.POSITIVE_INFINITY];
    const values = [...special, ...special.map((value) => -value), Number.NaN];
    const x = Float32Array.from(values.flatMap((base) => values.map(() => base)));
    const y = Float32Array.from(values.flatMap(() => values));
    const outputs = evaluate(form, [x, y], pow);
    x.forEach((base, index) => {
      const exponent = seenBy(form, y[index] as number);
      // C differs from ECMAScript in two cases: 1 ^ NaN and (-1) ^ (+-inf), both 1.
      const isOne = base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY);
      const expected = isOne ? 1 : seenBy(form, base) ** exponent;
      const actual = outputs[index] as number;
      const rounded = Math.fround(expected);
      const isExact = !Number.isFinite(rounded) || rounded === 0;
      const isRight = isExact ? Object.is(actual, rounded) : flushedError(actual, expected) <= 4;
      assert.ok(isRight, `${base} ^ ${exponent} = ${actual}, expected ${expected}`);
    });
  });
}
