import type { RunReader } from "../../runs/types.ts";
import type { Language } from "../../telling/texts/texts.ts";
import { RunTracker } from "../folder/tracker.ts";
import type { RunSummary, StaticRun } from "../protocol.ts";
import { SERIES_FRAME } from "../protocol.ts";
import { type Thinned, thin } from "../series/thin.ts";
import { detailOf } from "./detail.ts";
import { diagnoseRun } from "./diagnose-run.ts";
import { histogramFrames } from "./histogram-frames.ts";

/** Places of each measure, and of all together: with hundreds of measures each gets fewer, so that the file can still be sent. */
const MOST_PLACES = 2000;
const ALL_PLACES = 400_000;
const FEWEST_PLACES = 200;
const MOST_HISTOGRAMS = 100;

/** All that a page without a server shows of a run. */
export function staticRun(run: RunReader, lang: Language): StaticRun {
  const { measures, histograms } = run;
  const most = Math.min(MOST_PLACES, Math.max(FEWEST_PLACES, Math.floor(ALL_PLACES / Math.max(1, measures.size))));
  return {
    detail: detailOf(run, summaryOf(run)),
    series: Object.fromEntries([...measures].map(([name, series]) => [name, plain(thin(series, most))])),
    histograms: Object.fromEntries(
      [...histograms].map(([name, points]) => [name, histogramFrames(points, MOST_HISTOGRAMS)]),
    ),
    diagnosis: diagnosisOf(run, lang),
  };
}

/** The summary of a run outside a folder. */
function summaryOf(run: RunReader): RunSummary {
  const tracker = new RunTracker(run.id === "." ? "./" : run.id, run.name, run.kind, 0);
  tracker.update(run, 1);
  return tracker.summary;
}

/** Without a judgement if the run has too little to judge, or is damaged: the rest is of use without it. */
function diagnosisOf(run: RunReader, lang: Language): StaticRun["diagnosis"] {
  try {
    return diagnoseRun(run, lang);
  } catch {
    return null;
  }
}

function plain({ total, places, odd }: Thinned): StaticRun["series"][string] {
  const { place: PLACE, odd: ODD } = SERIES_FRAME;
  return {
    total,
    places: Array.from({ length: places.length / PLACE }, (_, index) =>
      Array.from(places.subarray(index * PLACE, (index + 1) * PLACE), (value) => (Number.isNaN(value) ? null : value)),
    ),
    odd: Array.from({ length: odd.length / ODD }, (_, index) => [
      odd[index * ODD] as number,
      String(odd[index * ODD + 1]),
    ]),
  };
}
