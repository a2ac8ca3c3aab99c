import { Panel } from "gradus-parts/page/Panel.tsx";
import { formatCount, formatPercent } from "gradus-parts/text/numbers.ts";
import { type DataConfig, PICTURE_DATA, PLANE_DATA, SEQUENCE_DATA } from "../config/config.ts";
import { type BuiltInName, dataNamed, isPictures, isPlane, isSequences, withData } from "../state/edit-data.ts";
import { uiTexts } from "../text/ui.ts";
import { usePlayground } from "./context.ts";
import { DataThumbnail } from "./DataThumbnail.tsx";
import { NumberField } from "./fields/NumberField.tsx";
import { SliderField } from "./fields/SliderField.tsx";
import { OwnData } from "./OwnData.tsx";

const GROUPS = [
  ["plane", PLANE_DATA],
  ["pictures", PICTURE_DATA],
  ["sequences", SEQUENCE_DATA],
] as const;

/** What the networks learn. */
export function DataPanel() {
  const { actions, store } = usePlayground();
  const texts = uiTexts.value.data;
  const config = store.config.value;
  const choose = (name: BuiltInName) => {
    const current = store.config.peek();
    actions.edit(withData(current, dataNamed(name, current.data)), "data");
  };
  return (
    <Panel title={texts.title} area="data">
      <div class="data-sets">
        {GROUPS.map(([group, names]) => (
          <fieldset key={group} class={`thumbnails ${group}`}>
            <legend>{texts.groups[group]}</legend>
            {names.map((name) => (
              <label key={name} class="thumbnail" title={texts.abouts[name]}>
                <input type="radio" name="data" checked={config.data.name === name} onChange={() => choose(name)} />
                <DataThumbnail name={name} />
                <span>{texts.names[name]}</span>
              </label>
            ))}
          </fieldset>
        ))}
      </div>
      <OwnData />
      <DataFacts />
      <DataFields data={config.data} />
    </Panel>
  );
}

/** Takes its room before the data are there. */
function DataFacts() {
  const { store } = usePlayground();
  const texts = uiTexts.value.data;
  const data = store.data.value;
  return (
    <div class="data-facts">
      <p>{texts.abouts[store.config.value.data.name]}</p>
      <p>
        {data !== undefined && texts.counts(formatCount(data.trainSamples), formatCount(data.testSamples))}
        {data?.chance !== undefined && `. ${texts.chance(formatPercent(data.chance))}.`}
      </p>
    </div>
  );
}

const SHARE = { low: 0.1, high: 0.9 };
const NOISE = { low: 0, high: 1 };

function DataFields({ data }: { readonly data: DataConfig }) {
  const { actions } = usePlayground();
  const texts = uiTexts.value.data;
  const set = (fields: object, key: string) => actions.editData({ ...data, ...fields } as DataConfig, key);
  return (
    <>
      {(isPlane(data) || isSequences(data)) && (
        <SliderField
          text={texts.noise}
          value={data.noise}
          range={NOISE}
          format={(value) => value.toFixed(2)}
          onChange={(noise) => set({ noise }, "noise")}
        />
      )}
      {"testShare" in data && (
        <SliderField
          text={texts.testShare}
          value={data.testShare}
          range={SHARE}
          steps={16}
          format={formatPercent}
          onChange={(testShare) => set({ testShare }, "testShare")}
        />
      )}
      <div class="field-grid">
        {"samples" in data && (
          <NumberField
            text={texts.samples}
            value={data.samples}
            range={{ low: 10, high: isPictures(data) ? 2000 : 20_000, isInteger: true }}
            onChange={(samples) => set({ samples }, "samples")}
          />
        )}
        {isPictures(data) && (
          <NumberField
            text={texts.testSamples}
            value={data.testSamples}
            range={{ low: 10, high: 500, isInteger: true }}
            onChange={(testSamples) => set({ testSamples }, "testSamples")}
          />
        )}
        {isSequences(data) && (
          <NumberField
            text={texts.length}
            value={data.length}
            range={{ low: 2, high: 400, isInteger: true }}
            onChange={(length) => set({ length }, "length")}
          />
        )}
        {"seed" in data && (
          <NumberField
            text={texts.seed}
            value={data.seed}
            range={{ low: 0, high: 4_294_967_295, isInteger: true }}
            onChange={(seed) => set({ seed }, "seed")}
          />
        )}
      </div>
    </>
  );
}
