import { useSignal } from "@preact/signals";
import type { RunDetail } from "gradus/dashboard-protocol";
import { harmless } from "gradus-parts/text/harmless.ts";
import { language } from "gradus-parts/text/language.ts";
import { formatCount } from "gradus-parts/text/numbers.ts";
import { useEffect } from "preact/hooks";
import type { Diagnosis } from "../../data/source.ts";
import { useDashboard } from "../../state/context.ts";
import { runTexts } from "../../text/run.ts";
import { uiTexts } from "../../text/ui.ts";
import { say } from "../Announcer.tsx";
import { Problem } from "../Problem.tsx";
import { DiagnosisView } from "./DiagnosisView.tsx";
import { readDiagnosis } from "./diagnosis-data.ts";
import { Section } from "./Section.tsx";
import { saveFile } from "./save-file.ts";

/** What the doctor makes of the records, by one click. */
export function DiagnosisSection({ detail, step }: { readonly detail: RunDetail; readonly step: number }) {
  const { source } = useDashboard();
  const { diagnosis: texts } = runTexts.value;
  const { id, name, layers } = detail.summary;
  const found = useSignal<{ readonly diagnosis: Diagnosis; readonly step: number } | undefined>(undefined);
  const problem = useSignal<Error | undefined>(undefined);
  const isWorking = useSignal(false);
  // a saved page has its diagnosis, or none, and nobody to ask
  const isSaved = source.connection.value === "static";
  const diagnose = async () => {
    isWorking.value = true;
    problem.value = undefined;
    try {
      found.value = { diagnosis: await source.diagnose(id, language.peek()), step };
      if (!isSaved) say(uiTexts.value.announcements.diagnosed);
    } catch (error) {
      problem.value = error as Error;
    }
    isWorking.value = false;
  };
  useEffect(() => {
    if (isSaved) void diagnose();
  }, []);
  const { value: known } = found;
  if (isSaved && known === undefined) return null;
  const types = new Map(layers.map(({ path, type }) => [path, type]));
  const tools = (
    <>
      {known !== undefined && (
        <button
          type="button"
          title={texts.report.hint}
          onClick={() => saveFile(`${harmless(name)}-diagnosis.html`, known.diagnosis.html, "text/html")}
        >
          {texts.report.label}
        </button>
      )}
      {!isSaved && (
        <button type="button" class="primary" title={texts.ask.hint} disabled={isWorking.value} onClick={diagnose}>
          {known === undefined ? texts.ask.label : texts.again}
        </button>
      )}
    </>
  );
  return (
    <Section name="diagnosis" tools={tools}>
      {known === undefined && <p class="about">{isWorking.value ? texts.working : texts.about}</p>}
      {problem.value !== undefined && <Problem error={problem.value} />}
      {known !== undefined && (
        <>
          {step > known.step && <p class="about">{texts.atStep(formatCount(known.step))}</p>}
          <DiagnosisView texts={readDiagnosis(known.diagnosis.diagnosis, types)} />
        </>
      )}
    </Section>
  );
}
