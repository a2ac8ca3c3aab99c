import type { MeasureSummary, RunSummary } from "gradus/dashboard-protocol";

/** Whether less or more is better; undefined where the name does not say. */
export type Direction = "less" | "more";

const LESS = /(^|[^a-z])(loss|error|err|mse|rmse|mae|mape|perplexity|ppl|nll|wer|cer|fid)([^a-z]|$)/;
const MORE =
  /(^|[^a-z])(accuracy|acc|r2|precision|recall|f1|auc|auroc|iou|miou|map|dice|bleu|rouge|score|reward|return|psnr|ssim|top)([^a-z]|$|\d)/;

/** What the name of a measure says about better and worse. Layers' measures have no better. */
export function directionOf(measure: string): Direction | undefined {
  if (measure.startsWith("layers/")) return undefined;
  const words = measure.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
  if (LESS.test(words)) return "less";
  return MORE.test(words) ? "more" : undefined;
}

/** The best finite value of a measure. */
export function bestOf({ name, least, most, last }: MeasureSummary): number | null {
  const direction = directionOf(name);
  if (direction === undefined) return last;
  return direction === "less" ? least : most;
}

/** Measures that tell how good a run is, the most telling first: on validation samples before training samples. */
const LOSSES = ["validation/loss", "val_loss", "train/loss", "loss"];

/** The loss to show for a run: of the steps, as it moves all the time; otherwise of the epochs. */
export function lossOf(run: RunSummary): MeasureSummary | undefined {
  return find(run, ["loss", "train/loss"]) ?? run.measures.find(isLoss) ?? find(run, LOSSES);
}

/** The score to show for a run: the first validation measure of which more is better, otherwise the validation loss. */
export function scoreOf(run: RunSummary): MeasureSummary | undefined {
  const isMore = ({ name }: MeasureSummary) => directionOf(name) === "more";
  const isValidation = ({ name }: MeasureSummary) => /^(validation|val|eval|test)[/_.-]/i.test(name);
  return (
    run.measures.find((each) => isMore(each) && isValidation(each)) ??
    run.measures.find((each) => isLoss(each) && isValidation(each)) ??
    run.measures.find(isMore)
  );
}

const isLoss = ({ name }: MeasureSummary) => directionOf(name) === "less" && /loss/i.test(name);

function find({ measures }: RunSummary, names: readonly string[]): MeasureSummary | undefined {
  for (const name of names) {
    const found = measures.find((each) => each.name === name);
    if (found !== undefined) return found;
  }
  return undefined;
}
