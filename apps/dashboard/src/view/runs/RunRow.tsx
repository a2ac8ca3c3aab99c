import type { RunSummary } from "gradus/dashboard-protocol";
import { harmless } from "gradus-parts/text/harmless.ts";
import { formatCount, formatNumber, formatPercent } from "gradus-parts/text/numbers.ts";
import { memo } from "preact/compat";
import type { Look } from "../../state/looks.ts";
import { uiTexts } from "../../text/ui.ts";
import { Icon } from "../Icon.tsx";
import { colourOf, LookSwatch } from "./LookSwatch.tsx";
import type { RunActionsRef } from "./run-actions.ts";
import { StatusMark } from "./StatusMark.tsx";
import { lossOf, scoreOf } from "./scores.ts";

interface RunRowProps {
  readonly run: RunSummary;
  readonly top: number;
  readonly index: number;
  readonly look: Look | undefined;
  readonly isSelected: boolean;
  readonly isOpen: boolean;
  /** Whether the keyboard is on it when it comes to the list. */
  readonly isActive: boolean;
  readonly actions: RunActionsRef;
}

/** One run: its colour and box, its name and status, how far it has come, its loss and its score. */
function Row(props: RunRowProps) {
  const { run, top, index, look, isSelected, isOpen, isActive, actions } = props;
  const { runs: texts } = uiTexts.value;
  const name = harmless(run.name);
  return (
    <tr
      class={`run-row${isSelected ? " is-selected" : ""}${isOpen ? " is-open" : ""}`}
      aria-rowindex={index}
      aria-selected={isSelected}
      tabIndex={isActive ? 0 : -1}
      data-run={run.id}
      style={{ top: `${top}px`, "--run": colourOf(look) }}
      onFocus={() => actions.current?.onActive(run.id)}
      onKeyDown={(event) => actions.current?.onKey(event)}
      onClick={(event) => {
        const { target } = event;
        if (!(target instanceof Element) || target.closest("button, input") === null)
          actions.current?.onSelect([run.id], !isSelected);
      }}
      onDblClick={() => actions.current?.onOnly([run.id])}
    >
      <td class="run-check">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={isSelected}
          aria-label={texts.show(name)}
          onChange={({ currentTarget }) => actions.current?.onSelect([run.id], currentTarget.checked)}
        />
      </td>
      <th scope="row" class="run-name" title={name}>
        <LookSwatch look={look} />
        <bdi>{name}</bdi>
      </th>
      <td class="run-status">
        <StatusMark status={run.status} />
      </td>
      <td class="run-progress">
        <Progress run={run} />
      </td>
      <td class="run-values">
        <Values run={run} />
      </td>
      <td class="run-open">
        <button
          type="button"
          class="quiet"
          tabIndex={-1}
          title={texts.open(name)}
          aria-label={texts.open(name)}
          onClick={() => actions.current?.onOpen(run.id)}
        >
          <Icon name="right" />
        </button>
      </td>
    </tr>
  );
}

/** Drawn anew when what it shows has changed. */
export const RunRow = memo(Row);

function Progress({ run: { epoch, epochs, step, steps } }: { readonly run: RunSummary }) {
  const { runs: texts } = uiTexts.value;
  if (epochs !== null || epoch > 0) {
    return <>{texts.epoch(formatCount(epoch), epochs === null ? undefined : formatCount(epochs))}</>;
  }
  return <>{texts.step(formatCount(step), steps === null ? undefined : formatCount(steps))}</>;
}

function Values({ run }: { readonly run: RunSummary }) {
  const { runs: texts } = uiTexts.value;
  const [loss, score] = [lossOf(run), scoreOf(run)];
  const isOdd = run.measures.some(({ notFinite }) => notFinite > 0);
  const value = loss?.last ?? null;
  return (
    <>
      {isOdd && (
        <span class="odd-mark" title={texts.notFinite}>
          <span aria-hidden="true">NaN</span>
          <span class="visually-hidden">{texts.notFinite}</span>
        </span>
      )}
      {loss !== undefined && (
        <span title={harmless(loss.name)}>
          <span class="about">{texts.loss}</span> {value === null ? "–" : formatNumber(value)}
        </span>
      )}
      {score !== undefined && score !== loss && score.last !== null && (
        <span title={harmless(score.name)}>
          {/accuracy/.test(score.name) ? formatPercent(score.last) : formatNumber(score.last)}
        </span>
      )}
    </>
  );
}
