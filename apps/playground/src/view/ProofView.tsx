import type { Diagnosis, Prescription } from "gradus/doctor";
import { describePrescription, describeVerdict } from "gradus/words";
import { language } from "gradus-parts/text/language.ts";
import { formatNumber, formatPercent } from "gradus-parts/text/numbers.ts";
import type { NetworkIndex } from "../state/store.ts";
import { uiTexts } from "../text/ui.ts";
import { usePlayground } from "./context.ts";
import { sentenceOf } from "./Problem.tsx";

/** Most prescriptions in sight: later ones are less likely to help. */
const MOST_SHOWN = 4;

/** The button that asks for a proof, its progress, and its numbers. */
export function ProofView({ network }: { readonly network: NetworkIndex }) {
  const { prover, store } = usePlayground();
  const texts = uiTexts.value.doctor;
  const proof = store.proofs.value[network];
  const isRefused = store.phase.value === "refused";
  return (
    <div class="proof">
      {proof.status === "running" ? (
        <Progress network={network} />
      ) : (
        <div class="button-row">
          <button type="button" disabled={isRefused} title={texts.prove.hint} onClick={() => prover.prove(network)}>
            {texts.prove.label}
          </button>
        </div>
      )}
      {proof.status === "failed" && (
        <p class="field-error" role="alert">
          {texts.proofFailed(sentenceOf(proof.error))}
        </p>
      )}
      {proof.status === "done" && (
        <>
          {proof.isStale && <p class="about">{texts.stale}</p>}
          <Outcome network={network} diagnosis={proof.diagnosis} />
        </>
      )}
    </div>
  );
}

function Progress({ network }: { readonly network: NetworkIndex }) {
  const { prover, store } = usePlayground();
  const texts = uiTexts.value.doctor;
  const proof = store.proofs.value[network];
  if (proof.status !== "running") return null;
  const { phase, done, prescription } = proof.progress;
  const label = texts.phases[phase];
  return (
    <>
      <p role="status">{label}</p>
      <progress aria-label={label} max={1} value={done} />
      <p class="about">
        {prescription !== undefined && texts.proving(describePrescription(prescription, language.value).name)}
      </p>
      <div class="button-row">
        <button type="button" onClick={() => prover.cancel(network)}>
          {texts.cancel}
        </button>
      </div>
    </>
  );
}

interface OutcomeProps {
  readonly network: NetworkIndex;
  readonly diagnosis: Diagnosis;
}

function Outcome({ network, diagnosis }: OutcomeProps) {
  const texts = uiTexts.value.doctor;
  const { name, about, proof } = describeVerdict(diagnosis, language.value);
  const trial = diagnosis.trials.at(-1);
  const value = (mean: number) => (trial?.measure === "accuracy" ? formatPercent(mean) : formatNumber(mean));
  return (
    <>
      <p class="verdict" role="status">
        {name}
      </p>
      <p>{about}</p>
      {trial !== undefined && (
        <p>{texts.measured(value(trial.control.mean), value(trial.treated.mean), trial.treated.runs.length)}</p>
      )}
      {proof !== undefined && <p>{proof}</p>}
      <p class="about">{texts.seconds(diagnosis.seconds.toFixed(0))}</p>
      {diagnosis.prescriptions.length > 0 && <h3>{texts.remedies}</h3>}
      {diagnosis.prescriptions.slice(0, MOST_SHOWN).map((prescription, index) => (
        <PrescriptionItem
          key={prescription.remedies.join("+")}
          network={network}
          prescription={prescription}
          isProven={diagnosis.verdict === "cured" && index === 0}
        />
      ))}
    </>
  );
}

interface PrescriptionItemProps {
  readonly network: NetworkIndex;
  readonly prescription: Prescription;
  readonly isProven: boolean;
}

function PrescriptionItem({ network, prescription, isProven }: PrescriptionItemProps) {
  const { prover } = usePlayground();
  const texts = uiTexts.value.doctor;
  const { name, about, changes, basis } = describePrescription(prescription, language.value);
  return (
    <article class={isProven ? "prescription is-proven" : "prescription"}>
      <h4>{name}</h4>
      {about.map((each) => (
        <p key={each}>{each}</p>
      ))}
      {basis !== undefined && <p class="about">{basis}</p>}
      {prescription.settings === undefined ? (
        <p class="about">{texts.advice}</p>
      ) : (
        <>
          <details>
            <summary>{texts.changes}</summary>
            <pre>{changes.join("\n")}</pre>
          </details>
          <div class="button-row">
            <button
              type="button"
              class={isProven ? "primary" : ""}
              title={texts.apply.hint}
              onClick={() => prover.apply(network, prescription)}
            >
              {texts.apply.label}
            </button>
            <button type="button" title={texts.tryBeside.hint} onClick={() => prover.tryBeside(network, prescription)}>
              {texts.tryBeside.label}
            </button>
          </div>
        </>
      )}
    </article>
  );
}
