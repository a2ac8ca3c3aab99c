import { median } from "../../doctor/rules/learning.ts";
import type { Chart } from "../../report/chart.ts";
import { linesChart } from "../../report/lines.ts";
import { logBarsChart } from "../../report/log-bars.ts";
import type { RunRecord } from "../../watch/record.ts";
import { fill } from "../texts/fill.ts";
import type { Texts } from "../texts/texts.ts";
import type { ChartArm } from "./arms.ts";

export interface Drawing {
  readonly title: string;
  readonly chart: Chart;
  readonly caption: string;
}

/** Norm of the gradient of each layer with weights, without and with the remedy: the median over the readings of all runs. */
export function gradientByLayer(arms: readonly ChartArm[], texts: Texts): readonly Drawing[] {
  const norms = arms.map(({ runs }) => typicalNorms(runs));
  const layers = norms.reduce((longest, each) => (each.length > longest.length ? each : longest), []);
  if (layers.length < 2) return [];
  const { phrases } = texts;
  // layers are named by their position in the settings, as everywhere; if a remedy moved them, by the position in the longer network
  const categories = layers.map(({ path }) => path);
  const chart = logBarsChart(
    arms.map(({ name, role }, arm) => ({ name, role, values: (norms[arm] ?? []).map(({ norm }) => norm) })),
    { label: phrases.gradientByLayer, categories, xName: phrases.layerAxis, yName: phrases.gradientNorm },
  );
  return [{ title: phrases.gradientByLayer, chart, caption: phrases.gradientByLayerCaption }];
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

/** The gradient that reaches each time step, for every recurrent layer. */
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
    const chart = linesChart(curves, {
      label: title,
      xName: phrases.timeAxis,
      yName: phrases.gradientNorm,
      yLog: true,
    });
    return { title, chart, caption: phrases.throughTimeCaption };
  });
}
