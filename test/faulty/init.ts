import { GradusError } from "../../src/core/errors.ts";
import type { InitConfig } from "../../src/nn/init/init.ts";

/** Deviation of a standard normal cut at -2 and 2. */
const CUT_DEVIATION = 0.8796256610342398;

const NAMED: Readonly<Record<string, InitConfig>> = {
  glorotUniform: { type: "glorotUniform" },
  glorotNormal: { type: "glorotNormal" },
  heUniform: { type: "heUniform" },
  heNormal: { type: "heNormal" },
  lecunUniform: { type: "lecunUniform" },
  lecunNormal: { type: "lecunNormal" },
  orthogonal: { type: "orthogonal" },
  zeros: { type: "zeros" },
  ones: { type: "ones" },
};

/** Distributions without width are zeros. */
const PARAMETRIC: Readonly<Record<string, (number: number) => InitConfig>> = {
  constant: (value) => ({ type: "constant", value }),
  normal: (std) => (std > 0 ? { type: "normal", std } : { type: "zeros" }),
  // their deviation is that of the normal before truncation, ours that after it
  truncatedNormal: (std) => (std > 0 ? { type: "truncatedNormal", std: std * CUT_DEVIATION } : { type: "zeros" }),
  uniform: (limit) => (limit > 0 ? { type: "uniform", limit } : { type: "zeros" }),
};

const PATTERN = /^(?<name>[a-zA-Z]+)(?:\((?<number>[^()]+)\))?$/;

/** An initialiser as cases write it: `heNormal`, `constant(0.01)`, `normal(0.5)`, `uniform(0.05)` for U(-0.05, 0.05).
 *  @throws GradusError `bad-argument` with the known spellings. */
export function parseInit(where: string, spelling: string): InitConfig {
  const { name = "", number } = PATTERN.exec(spelling)?.groups ?? {};
  const value = number === undefined ? undefined : Number(number);
  const named = NAMED[name];
  if (named && value === undefined) return named;
  const parametric = Object.hasOwn(PARAMETRIC, name) ? PARAMETRIC[name] : undefined;
  if (parametric && value !== undefined && Number.isFinite(value)) return parametric(value);
  const known = [...Object.keys(NAMED), ...Object.keys(PARAMETRIC).map((each) => `${each}(number)`)];
  throw new GradusError(
    "bad-argument",
    `${where}: there is no initialiser ${JSON.stringify(spelling)}; expected one of ${known.join(", ")}.`,
    { where, value: spelling, known },
  );
}
