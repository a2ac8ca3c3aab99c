import { nameOf } from "gradus/words";
import { Panel } from "gradus-parts/page/Panel.tsx";
import { language } from "gradus-parts/text/language.ts";
import { formatCount } from "gradus-parts/text/numbers.ts";
import type { NetworkHistory } from "../state/history.ts";
import type { NetworkIndex } from "../state/store.ts";
import { uiTexts } from "../text/ui.ts";
import { usePlayground } from "./context.ts";
import { FindingItem } from "./FindingItem.tsx";
import { layerTypes } from "./layer-names.ts";
import { NetworkChoice } from "./NetworkChoice.tsx";
import { ProofView } from "./ProofView.tsx";

/** What is wrong with the selected network, with the measurements, and what helps. */
export function DoctorPanel() {
  const { store } = usePlayground();
  const texts = uiTexts.value.doctor;
  const { network } = store.selection.value;
  const history = store.histories.value[network];
  return (
    <Panel title={texts.title} area="doctor" tools={<NetworkChoice />}>
      <div class="doctor-body">
        <p class="about">{texts.about}</p>
        {history !== undefined && <Findings history={history} />}
        <ProofView network={network as NetworkIndex} />
      </div>
    </Panel>
  );
}

function Findings({ history }: { readonly history: NetworkHistory }) {
  const texts = uiTexts.value.doctor;
  history.calm.value;
  const { failure, findings } = history;
  const types = layerTypes(history);
  return (
    <>
      {failure !== undefined && (
        <div class="finding failure">
          <h3>{nameOf("numerical-error", language.value)}</h3>
          <p>
            {texts.failed({
              step: formatCount(failure.step),
              tensor: failure.tensor,
              ...(failure.layer === undefined ? {} : { layer: failure.layer }),
            })}
          </p>
          <p>{texts.failedAdvice}</p>
        </div>
      )}
      {findings.length === 0 && failure === undefined ? (
        <p class="healthy">{history.step === 0 ? texts.notBegun : texts.noFindings}</p>
      ) : (
        <ul class="findings">
          {findings.map((finding) => (
            <FindingItem key={finding.problem} finding={finding} types={types} />
          ))}
        </ul>
      )}
    </>
  );
}
