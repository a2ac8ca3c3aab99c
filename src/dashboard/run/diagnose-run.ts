import { examineLog } from "../../doctor/examine.ts";
import type { Json } from "../../io/checkpoint.ts";
import type { RunReader } from "../../runs/types.ts";
import { renderHtml } from "../../telling/report/html.ts";
import { diagnosisJson } from "../../telling/report/json.ts";
import type { Language } from "../../telling/texts/texts.ts";

/** The doctor's judgement of what was recorded, as data and as a page of its own. No training is made, nothing is tried.
 *  A run that goes on is not accused of having learned too little yet. */
export function diagnoseRun(run: RunReader, lang: Language): { readonly diagnosis: Json; readonly html: string } {
  const record = run.toRecord();
  const isUnderWay = run.status === "running" && record.cut === undefined;
  const diagnosis = examineLog(isUnderWay ? { ...record, cut: "budget" } : record, run.name);
  return { diagnosis: diagnosisJson(diagnosis, { lang }), html: renderHtml(diagnosis, { lang }) };
}
