import type { RemedyContext, RemedyRule } from "./remedy.ts";

/** Factor on the epochs of a run that ends too early, and its upper bound. A run with too few steps gets four times the steps it needs. */
const FACTOR = 3;
const MOST = 30;

function factorFor({ findings }: RemedyContext): number {
  const evidence = findings.flatMap((finding) => finding.evidence).find(({ measure }) => measure === "few-steps");
  if (evidence?.threshold === undefined) return FACTOR;
  return Math.min(MOST, Math.max(FACTOR, Math.ceil((4 * evidence.threshold) / evidence.value)));
}

/** The same run, longer, with the patience of early stopping extended by the same factor. */
export const moreEpochs: RemedyRule = {
  source: "Bottou, Stochastic Gradient Descent Tricks, 2012",
  rewrite(settings, context) {
    const { patient } = context;
    const factor = factorFor(context);
    const own = patient.training?.settings ?? settings;
    const epochs = factor * own.epochs;
    if (settings.epochs >= epochs) return undefined;
    const { earlyStopping } = settings;
    const patience = factor * (own.earlyStopping?.patience ?? 5);
    const longer = earlyStopping === undefined ? {} : { earlyStopping: { ...earlyStopping, patience } };
    return { settings: { ...settings, epochs, ...longer }, values: { epochsBefore: own.epochs, epochs } };
  },
};
