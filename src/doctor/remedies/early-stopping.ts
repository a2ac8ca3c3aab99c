import type { RemedyRule } from "./remedy.ts";

/** Epochs in a row without progress: a tenth of the run, and never fewer than these. Source: Prechelt 1998, whose criterion UP. */
const SHARE = 0.1;
const LEAST = 3;

/** Stop when the validation loss no longer falls, and put the best epoch's weights back. */
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
