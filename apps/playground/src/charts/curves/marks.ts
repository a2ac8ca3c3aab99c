import { formatCount, formatNumber } from "gradus-parts/text/numbers.ts";
import type { ChangeMark } from "../../lab/protocol.ts";
import type { ChartTexts } from "../../text/charts-texts.ts";
import type { CurveHistories } from "./sources.ts";

/** The first value of a network's loss that is NaN or infinite. */
export interface Break {
  readonly network: 0 | 1;
  readonly step: number;
  readonly value: number;
}

export function breaksOf(histories: CurveHistories): readonly Break[] {
  return histories.flatMap(({ losses, lossSteps, failure }, index): readonly Break[] => {
    const network = index === 0 ? 0 : 1;
    const place = losses.findIndex((loss) => !Number.isFinite(loss));
    if (place >= 0) return [{ network, step: lossSteps[place] ?? 0, value: losses[place] ?? Number.NaN }];
    return failure === undefined ? [] : [{ network, step: failure.step, value: Number.NaN }];
  });
}

export function describeBreak({ step, value }: Break, { curves }: ChartTexts): string {
  return curves.notFinite(formatNumber(value), formatCount(step));
}

/** "Changed at step 300: learning rate". */
export function describeMark({ step, network, paths }: ChangeMark, texts: ChartTexts, isPair: boolean): string {
  const { curves } = texts;
  const what = [...new Set(paths.map((path) => nameOf(path, texts)))].join(", ");
  if (!isPair) return curves.changed(formatCount(step), what);
  return curves.changedNetwork(formatCount(step), network === 0 ? "A" : "B", what);
}

/** "blocks.3.activation" -> "Layer 4 activation". */
function nameOf(path: string, { layer, settings }: ChartTexts): string {
  const parts = path.split(".");
  const [first = "", place] = parts;
  // "optimizer.type" is the optimiser; of all other paths, the last part says what changed
  const last = parts.at(-1) ?? "";
  const key =
    last === "type" || /^\d+$/.test(last)
      ? (parts.findLast((part) => part !== "type" && !/^\d+$/.test(part)) ?? first)
      : last;
  const name = settings[key] ?? key;
  return first === "blocks" && place !== undefined ? `${layer(String(Number(place) + 1))} ${name}` : name;
}
