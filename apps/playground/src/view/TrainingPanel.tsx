import { SelectField } from "gradus-parts/fields/SelectField.tsx";
import { Toggle } from "gradus-parts/fields/Toggle.tsx";
import { Panel } from "gradus-parts/page/Panel.tsx";
import {
  type ClipChoice,
  LOSSES,
  type LossName,
  type NetworkConfig,
  OPTIMIZERS,
  type OptimizerChoice,
  SCHEDULES,
} from "../config/config.ts";
import { selectedNetwork } from "../state/store.ts";
import { uiTexts } from "../text/ui.ts";
import { OPTIMIZER_NAMES } from "../text/ui-names.ts";
import { usePlayground } from "./context.ts";
import { NumberField } from "./fields/NumberField.tsx";
import { SliderField } from "./fields/SliderField.tsx";
import { NetworkChoice } from "./NetworkChoice.tsx";

/** Those that can judge the task. */
const LOSSES_OF = {
  classification: ["auto", "softmaxCrossEntropy"],
  regression: ["auto", "mse", "mae", "huber"],
} as const satisfies Readonly<Record<string, readonly LossName[]>>;

const CLIPS = ["none", "globalNorm", "norm", "value"] as const;

/** How the selected network is trained. */
export function TrainingPanel() {
  const { actions, store } = usePlayground();
  const texts = uiTexts.value.training;
  const network = selectedNetwork(store);
  const set = (fields: Partial<NetworkConfig>, key: string) =>
    actions.editNetwork((each) => ({ ...each, ...fields }), key);
  const { optimizer } = network;
  return (
    <Panel title={texts.title} area="training" tools={<NetworkChoice />}>
      <div class="field-grid">
        <SelectField
          text={texts.optimizer}
          value={optimizer.type}
          options={OPTIMIZERS}
          nameOf={(type) => OPTIMIZER_NAMES[type]}
          onChange={(type) => set({ optimizer: asOptimizer(optimizer, type) }, "optimizer")}
        />
        <SelectField
          text={texts.schedule}
          value={network.schedule}
          options={SCHEDULES}
          nameOf={(each) => texts.schedules[each]}
          onChange={(schedule) => set({ schedule }, "schedule")}
        />
      </div>
      <SliderField
        text={texts.learningRate}
        value={optimizer.learningRate}
        range={{ low: 1e-6, high: 1e4 }}
        scale="log"
        steps={200}
        onChange={(learningRate) => set({ optimizer: { ...optimizer, learningRate } }, "learningRate")}
      />
      {optimizer.type === "sgd" && (
        <SliderField
          text={texts.momentum}
          value={optimizer.momentum ?? 0}
          range={{ low: 0, high: 0.99 }}
          steps={99}
          onChange={(momentum) => set({ optimizer: { ...optimizer, momentum } }, "momentum")}
        />
      )}
      <div class="field-grid">
        <NumberField
          text={texts.batchSize}
          value={network.batchSize}
          range={{ low: 1, high: 8192, isInteger: true }}
          onChange={(batchSize) => set({ batchSize }, "batchSize")}
        />
        <NumberField
          text={texts.seed}
          value={store.config.value.seed}
          range={{ low: 0, high: 4_294_967_295, isInteger: true }}
          onChange={(seed) => actions.edit({ ...store.config.peek(), seed }, "seed")}
        />
      </div>
      <details class="more" open={hasMore(network)}>
        <summary>{texts.more}</summary>
        <Regularisation network={network} set={set} />
      </details>
    </Panel>
  );
}

/** Whether something is set that would be out of sight. */
function hasMore({ loss, clip, l2, standardize }: NetworkConfig): boolean {
  return loss !== "auto" || clip !== undefined || l2 > 0 || standardize;
}

interface RegularisationProps {
  readonly network: NetworkConfig;
  readonly set: (fields: Partial<NetworkConfig>, key: string) => void;
}

function Regularisation({ network, set }: RegularisationProps) {
  const { actions, store } = usePlayground();
  const texts = uiTexts.value.training;
  const { clip } = network;
  const losses = LOSSES_OF[store.data.value?.task ?? "classification"];
  const setClip = (type: (typeof CLIPS)[number]) => {
    if (type !== "none") return set({ clip: { type, threshold: clip?.threshold ?? 1 } }, "clip");
    actions.editNetwork(({ clip: _, ...others }) => others, "clip");
  };
  return (
    <>
      <SelectField
        text={texts.loss}
        value={network.loss}
        options={LOSSES.filter((each) => each === network.loss || (losses as readonly LossName[]).includes(each))}
        nameOf={(each) => texts.losses[each]}
        onChange={(loss) => set({ loss }, "loss")}
      />
      <div class="field-grid">
        <SelectField
          text={texts.clip}
          value={clip?.type ?? "none"}
          options={CLIPS}
          nameOf={(each) => texts.clips[each]}
          onChange={setClip}
        />
        {clip !== undefined && <ClipBound clip={clip} set={set} />}
      </div>
      <NumberField
        text={texts.l2}
        value={network.l2}
        range={{ low: 0, high: 10 }}
        onChange={(l2) => set({ l2 }, "l2")}
      />
      <Toggle
        text={texts.standardize}
        isOn={network.standardize}
        onChange={(standardize) => set({ standardize }, "standardize")}
      />
    </>
  );
}

function ClipBound({ clip, set }: { readonly clip: ClipChoice } & Pick<RegularisationProps, "set">) {
  return (
    <NumberField
      text={uiTexts.value.training.threshold}
      value={clip.threshold}
      range={{ low: 1e-6, high: 1e6 }}
      onChange={(threshold) => set({ clip: { ...clip, threshold } }, "clip")}
    />
  );
}

/** The same rate for another optimiser; only SGD has momentum here. */
function asOptimizer({ learningRate, momentum }: OptimizerChoice, type: OptimizerChoice["type"]): OptimizerChoice {
  return type === "sgd" && momentum !== undefined ? { type, learningRate, momentum } : { type, learningRate };
}
