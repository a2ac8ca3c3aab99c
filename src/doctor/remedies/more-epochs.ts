import type { RemedyRule } from "./remedy.ts";

/** A run that ends too early is given so many times its epochs. */
const FACTOR = 3;

/** The same run, longer; early stopping, where there is one, as much more patient. */
export const moreEpochs: RemedyRule = {
  source: "Bottou, Stochastic Gradient Descent Tricks, 2012",
  rewrite(settings, { patient }) {
    const own = patient.training?.settings ?? settings;
    const epochs = FACTOR * own.epochs;
    if (settings.epochs >= epochs) return undefined;
    const { earlyStopping } = settings;
    const patience = FACTOR * (own.earlyStopping?.patience ?? 5);
    const longer = earlyStopping === undefined ? {} : { earlyStopping: { ...earlyStopping, patience } };
    return { settings: { ...settings, epochs, ...longer }, values: { epochsBefore: own.epochs, epochs } };
  },
};
