import type { RemedyContext, RemedyRule } from "./remedy.ts";

/** A run that ends too early is given so many times its epochs; one that is known to have too few steps, four times what would do, in bounds. */
const FACTOR = 3;
const MOST = 30;

function factorFor({ findings }: RemedyContext): number {
  const evidence = findings.flatMap((finding) => finding.evidence).find(({ measure }) => measure === "few-steps");
  if (evidence?.threshold === undefined) return FACTOR;
  return Math.min(MOST, Math.max(FACTOR, Math.ceil((4 * evidence.threshold) / evidence.value)));
}

/** The same run, longer; early stopping, where there is one, as much more patient. */
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
