import type { RemedyRule } from "./remedy.ts";

/** Consecutive epochs without progress: a tenth of the run, and at least three. Source: Prechelt 1998, criterion UP. */
const SHARE = 0.1;
const LEAST = 3;

/** Stops when the validation loss no longer falls, and restores the weights of the best epoch. */
export const earlyStopping: RemedyRule = {
  source: "Prechelt, Early Stopping - But When?, 1998",
  rewrite(settings) {
    const { earlyStopping: present, epochs } = settings;
    if (present !== undefined && present.restoreBest !== false) return undefined;
    const patience = Math.max(LEAST, Math.ceil(SHARE * epochs));
    const restored = present === undefined ? { patience, restoreBest: true } : { ...present, restoreBest: true };
    return { settings: { ...settings, earlyStopping: restored }, values: { patience: restored.patience ?? patience } };
  },
};
