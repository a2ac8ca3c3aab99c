import type { FindingText, PrescriptionText } from "gradus/words";
import { harmless } from "gradus-parts/text/harmless.ts";
import { runTexts } from "../../text/run.ts";
import type { DiagnosisTexts } from "./diagnosis-data.ts";

/** The verdict, what was found with its evidence, and what may help. */
export function DiagnosisView({ texts: found }: { readonly texts: DiagnosisTexts }) {
  const { diagnosis: texts } = runTexts.value;
  const { verdict, findings, remarks, prescriptions } = found;
  const isHealthy = findings.length === 0;
  return (
    <>
      {verdict !== undefined && (
        <div class={isHealthy ? "verdict healthy" : "verdict finding is-grave"}>
          <h3>{verdict.name}</h3>
          <p>{verdict.about}</p>
        </div>
      )}
      {isHealthy && verdict === undefined && <p class="healthy">{texts.noFindings}</p>}
      <Findings title={texts.findings} findings={findings} />
      <Findings title={texts.remarks} findings={remarks} />
      {prescriptions.length > 0 && (
        <>
          <h3>{texts.prescriptions}</h3>
          {prescriptions.map((each) => (
            <PrescriptionItem key={each.name} prescription={each} />
          ))}
        </>
      )}
    </>
  );
}

function Findings({ title, findings }: { readonly title: string; readonly findings: readonly FindingText[] }) {
  if (findings.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="findings">
        {findings.map((each) => (
          <FindingItem key={`${each.name} ${each.place}`} finding={each} />
        ))}
      </ul>
    </>
  );
}

export function FindingItem({ finding: { name, place, evidence, about, source } }: { readonly finding: FindingText }) {
  return (
    <li class="finding">
      <h4>{name}</h4>
      <p class="finding-place">{harmless(place)}</p>
      {evidence.map((sentence) => (
        <p key={sentence}>{harmless(sentence)}</p>
      ))}
      <details>
        <summary>{runTexts.value.diagnosis.what}</summary>
        <p>{about}</p>
        <p>{harmless(source)}</p>
      </details>
    </li>
  );
}

function PrescriptionItem({ prescription }: { readonly prescription: PrescriptionText }) {
  const { name, about, basis, changes } = prescription;
  return (
    <div class="prescription">
      <h4>{name}</h4>
      {about.map((each) => (
        <p key={each}>{each}</p>
      ))}
      {basis !== undefined && <p class="about">{harmless(basis)}</p>}
      {changes.length > 0 && (
        <>
          <p class="about">{runTexts.value.diagnosis.changes}</p>
          <pre>{changes.map(harmless).join("\n")}</pre>
        </>
      )}
    </div>
  );
}
