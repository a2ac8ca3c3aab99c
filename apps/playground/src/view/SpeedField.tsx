import { useId } from "preact/hooks";
import { uiTexts } from "../text/ui.ts";
import { usePlayground } from "./context.ts";

/** Most steps per second; behind the last one: as fast as it goes. */
const SPEEDS = [1, 2, 5, 10, 20, 50, 100, 200, 500] as const;

export function SpeedField() {
  const { actions, store } = usePlayground();
  const { speed, fastest, perSecond } = uiTexts.value.transport;
  const id = useId();
  const current = store.speed.value;
  const found = (SPEEDS as readonly (number | undefined)[]).indexOf(current);
  const text = current === undefined ? fastest : perSecond(String(current));
  return (
    <div class="field speed">
      <div class="field-head">
        <label for={id}>{speed.label}</label>
        <output for={id}>{text}</output>
      </div>
      <input
        type="range"
        id={id}
        min={0}
        max={SPEEDS.length}
        step={1}
        value={found < 0 ? SPEEDS.length : found}
        title={speed.hint}
        aria-valuetext={text}
        onInput={({ currentTarget }) => actions.setSpeed(SPEEDS[Number(currentTarget.value)])}
      />
    </div>
  );
}
