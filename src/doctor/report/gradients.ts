import { linesChart } from "../../report/lines.ts";
import { logBarsChart } from "../../report/log-bars.ts";
import type { RunRecord } from "../record.ts";
import { median } from "../rules/learning.ts";
import { fill } from "../texts/fill.ts";
import type { Texts } from "../texts/texts.ts";
import type { ChartArm } from "./arms.ts";

/** Layers up to which an axis names them by their paths. */
const MOST_NAMED = 8;

export interface Drawing {
  readonly title: string;
  readonly svg: string;
  readonly caption: string;
}

/** Norm of the gradient of each layer with weights, before and after the cure: the median over the readings of all runs. */
export function gradientByLayer(arms: readonly ChartArm[], texts: Texts): readonly Drawing[] {
  const norms = arms.map(({ runs }) => typicalNorms(runs));
  const layers = norms.reduce((longest, each) => (each.length > longest.length ? each : longest), []);
  if (layers.length < 2) return [];
  const { phrases } = texts;
  const areSame = norms.every((each) => each.every(({ path }, index) => path === layers[index]?.path));
  const categories = layers.map(({ path }, index) => (areSame && layers.length <= MOST_NAMED ? path : `${index + 1}`));
  const svg = logBarsChart(
    arms.map(({ name, role }, arm) => ({ name, role, values: (norms[arm] ?? []).map(({ norm }) => norm) })),
    { label: phrases.gradientByLayer, categories, xName: phrases.layerAxis },
  );
  return [{ title: phrases.gradientByLayer, svg, caption: phrases.gradientByLayerCaption }];
}

function typicalNorms(runs: readonly RunRecord[]): readonly { readonly path: string; readonly norm: number }[] {
  const census = runs.find(({ start, end }) => start !== undefined || end !== undefined);
  const looked = census?.start ?? census?.end;
  // gains and shifts of normalisations have gradients of their own scale
  const weighted = looked?.layers.filter(({ weightDeviation }) => weightDeviation !== undefined);
  const readings = runs.flatMap((run) => run.readings);
  const read = Object.entries(readings[0]?.layers ?? {}).filter(([, { gradientNorm }]) => gradientNorm !== undefined);
  const paths = weighted?.map(({ path }) => path) ?? read.map(([path]) => path);
  return paths.map((path) => {
    const values = readings.flatMap(({ layers }) => layers[path]?.gradientNorm ?? []);
    const known =
      values.length > 0
        ? values
        : (weighted ?? []).flatMap((each) => (each.path === path ? (each.gradientNorm ?? []) : []));
    return { path, norm: median(known.filter(Number.isFinite)) };
  });
}

/** What of the gradient reaches each time step, for every recurrent layer. */
export function gradientThroughTime(arms: readonly ChartArm[], texts: Texts): readonly Drawing[] {
  const { phrases } = texts;
  const recurrent = arms.map(({ runs }) => {
    const census = runs.map(({ start, end }) => end ?? start).find((each) => each !== undefined);
    return (census?.layers ?? []).filter(({ throughTime }) => (throughTime?.length ?? 0) > 1);
  });
  return (recurrent[0] ?? []).map(({ path }, index) => {
    const curves = arms.flatMap(({ name, role }, arm) => {
      const norms = recurrent[arm]?.[index]?.throughTime;
      return norms === undefined
        ? []
        : [{ name, role, points: norms.map((norm, step): [number, number] => [step + 1, norm]) }];
    });
    const title = fill(phrases.throughTime, { layer: path }, texts);
    const svg = linesChart(curves, {
      label: title,
      xName: phrases.timeAxis,
      yName: phrases.gradientNorm,
      yLog: true,
    });
    return { title, svg, caption: phrases.throughTimeCaption };
  });
}
