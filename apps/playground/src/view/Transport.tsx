import { formatCount, formatNumber } from "gradus-parts/text/numbers.ts";
import { uiTexts } from "../text/ui.ts";
import { usePlayground } from "./context.ts";
import { NumberField } from "./fields/NumberField.tsx";
import { Icon, type IconName } from "./Icon.tsx";
import { SpeedField } from "./SpeedField.tsx";

/** Starts and stops the run, and says where it is. Stays in sight. */
export function Transport() {
  const { actions, store } = usePlayground();
  const { transport } = uiTexts.value;
  const { commands } = transport;
  const isRefused = store.phase.value === "refused";
  const { epochs } = store.config.value;
  return (
    <section class="transport" aria-label={transport.name}>
      <div class="transport-buttons">
        <PlayButton />
        <CommandButton icon="step" name={commands.step} keys="S" isOff={isRefused} onClick={actions.step} />
        <CommandButton icon="epoch" name={commands.epoch} keys="E" isOff={isRefused} onClick={actions.epoch} />
        <CommandButton icon="reset" name={commands.reset} keys="R" onClick={actions.reset} />
        <span class="separator" />
        <CommandButton
          icon="undo"
          name={commands.undo}
          keys="Ctrl+Z"
          isOff={!store.canUndo.value}
          onClick={actions.undo}
        />
        <CommandButton
          icon="redo"
          name={commands.redo}
          keys="Ctrl+Y"
          isOff={!store.canRedo.value}
          onClick={actions.redo}
        />
      </div>
      <SpeedField />
      <div class="stop-at">
        <NumberField
          text={transport.stopAt}
          value={epochs}
          range={{ low: 1, high: 100_000, isInteger: true }}
          onChange={(value) => actions.edit({ ...store.config.peek(), epochs: value }, "epochs")}
        />
      </div>
      <ReadOuts />
    </section>
  );
}

function PlayButton() {
  const { actions, store } = usePlayground();
  const { transport } = uiTexts.value;
  const isPlaying = store.phase.value === "playing";
  const histories = store.histories.value;
  for (const { calm } of histories) calm.value;
  const hasFailed = histories.length > 0 && histories.every(({ failure }) => failure !== undefined);
  const hasFinished = histories.length > 0 && histories.every((each) => each.hasFinished || each.failure !== undefined);
  const idle = hasFailed ? transport.startAnew : hasFinished ? transport.proceed : transport.commands.play;
  return (
    <button
      type="button"
      class="primary play"
      aria-keyshortcuts="Space"
      disabled={store.phase.value === "refused"}
      title={hasFinished && !hasFailed ? transport.proceedHint(store.config.value.epochs) : undefined}
      onClick={actions.togglePlay}
    >
      <Icon name={isPlaying ? "pause" : "play"} />
      <span>{isPlaying ? transport.pause : idle}</span>
    </button>
  );
}

interface CommandButtonProps {
  readonly icon: IconName;
  readonly name: string;
  readonly keys: string;
  readonly isOff?: boolean;
  readonly onClick: () => void;
}

function CommandButton({ icon, name, keys, isOff = false, onClick }: CommandButtonProps) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={name}
      title={`${name} (${keys})`}
      aria-keyshortcuts={keys.replace("Ctrl", "Control")}
      disabled={isOff}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

/** Numbers of the run. Of two networks, the step of the one that is further: they go in lockstep until one fails. */
function ReadOuts() {
  const { store } = usePlayground();
  const { transport } = uiTexts.value;
  const { readOuts } = transport;
  const histories = store.histories.value;
  for (const { calm } of histories) calm.value;
  const most = (of: (history: (typeof histories)[number]) => number) => Math.max(0, ...histories.map(of));
  const engine = store.engine.value;
  const isPlaying = store.phase.value === "playing";
  const items = [
    [readOuts.step, formatCount(most(({ step }) => step))],
    [readOuts.epoch, formatCount(most(({ epoch }) => epoch))],
    [readOuts.rate, isPlaying ? formatRate(most(({ stepsPerSecond }) => stepsPerSecond)) : "–"],
  ] as const;
  return (
    <dl class="read-outs">
      {items.map(([{ label, hint }, value]) => (
        <div key={label} title={hint}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      <div class="engine" title={engine?.description}>
        <dt>{readOuts.engine.label}</dt>
        <dd>{engine === undefined ? transport.starting : transport.threads(engine.threads)}</dd>
      </div>
    </dl>
  );
}

const formatRate = (rate: number) => (rate >= 10 ? formatCount(rate) : formatNumber(rate));
