import { useSignal } from "@preact/signals";
import { Panel } from "gradus-parts/page/Panel.tsx";
import { formatCount } from "gradus-parts/text/numbers.ts";
import { Confusion } from "../charts/Confusion.tsx";
import { PictureGrid } from "../charts/PictureGrid.tsx";
import { PlaneView } from "../charts/PlaneView.tsx";
import { TargetPlot } from "../charts/TargetPlot.tsx";
import type { DataView as DataSummary } from "../lab/protocol.ts";
import type { NetworkHistory } from "../state/history.ts";
import { uiTexts } from "../text/ui.ts";
import { NETWORK_NAMES } from "../text/ui-names.ts";
import { usePlayground } from "./context.ts";
import { useLook } from "./use-look.ts";

/** What each network makes of the data now. */
export function OutputPanel() {
  const { store } = usePlayground();
  const texts = uiTexts.value.results;
  const showTest = useSignal(true);
  const ref = useLook("output");
  const data = store.data.value;
  const histories = store.histories.value;
  const testToggle = data?.kind === "plane" && (
    <label class="inline-check">
      <input
        type="checkbox"
        checked={showTest.value}
        onChange={({ currentTarget }) => {
          showTest.value = currentTarget.checked;
        }}
      />
      {texts.showTest}
    </label>
  );
  return (
    <Panel title={texts.output} area="output" tools={testToggle}>
      <div class={`outputs outputs-${histories.length}`} ref={ref}>
        {data !== undefined &&
          histories.map((history, index) => (
            <div class="output" key={NETWORK_NAMES[index]}>
              {histories.length === 2 && <h3 class={`name-${index}`}>{NETWORK_NAMES[index]}</h3>}
              <Output history={history} data={data} showTest={showTest.value} />
            </div>
          ))}
      </div>
    </Panel>
  );
}

interface OutputProps {
  readonly history: NetworkHistory;
  readonly data: DataSummary;
  readonly showTest: boolean;
}

function Output({ history, data, showTest }: OutputProps) {
  const texts = uiTexts.value.results;
  history.calm.value;
  const { output } = history;
  if (data.kind === "plane") {
    return <PlaneView data={data} output={output?.kind === "plane" ? output : undefined} showTest={showTest} />;
  }
  if (output === undefined) return <p class="empty">{texts.noOutput}</p>;
  switch (output.kind) {
    case "plane":
      return null;
    case "pictures":
      return (
        <>
          <p>{output.wrongCount === 0 ? texts.noneWrong : texts.wrong(formatCount(output.wrongCount))}</p>
          <PictureGrid wrong={output.wrong} classNames={data.classNames} />
        </>
      );
    case "values":
      return <TargetPlot targets={output.targets} predictions={output.predictions} />;
    case "confusion":
      return <Confusion counts={output.counts} classes={output.classes} classNames={data.classNames} />;
  }
}
