import type { RunDetail, RunEvent, RunSummary } from "gradus/dashboard-protocol";
import { harmless } from "gradus-parts/text/harmless.ts";
import { language } from "gradus-parts/text/language.ts";
import { formatCount } from "gradus-parts/text/numbers.ts";
import type { ComponentChildren } from "preact";
import { useDashboard } from "../../state/context.ts";
import { FACTS, type FactName, runTexts } from "../../text/run.ts";
import { formatAgo, formatDuration, formatMoment } from "../../text/time.ts";
import { uiTexts } from "../../text/ui.ts";
import { Command } from "../Empty.tsx";
import { Icon } from "../Icon.tsx";
import { LookSwatch } from "../runs/LookSwatch.tsx";
import { StatusMark } from "../runs/StatusMark.tsx";
import { quoted } from "../shell.ts";

interface RunHeadProps {
  /** As it is now. */
  readonly run: RunSummary;
  readonly detail: RunDetail;
}

/** What a run is, how far it has come, and what can be taken away of it. */
export function RunHead({ run, detail }: RunHeadProps) {
  const { source, store } = useDashboard();
  const texts = runTexts.value;
  const facts = factsOf(run, detail, store.folder.value);
  const address = source.exportAddress(run.id, language.value);
  const canResume = ["killed", "stopped", "failed"].includes(run.status) && run.kind === "gradus";
  const hasCheckpoint = detail.events.some(({ type }) => type === "checkpoint");
  return (
    <section class="panel run-head" aria-labelledby="run-title">
      <div class="panel-head">
        <h2 id="run-title">
          <LookSwatch look={store.runs.find(run.id)?.look} />
          <bdi>{harmless(run.name)}</bdi>
        </h2>
        {address !== undefined && (
          <a class="button" href={address} download title={texts.exportFile.hint}>
            <Icon name="download" />
            {texts.exportFile.label}
          </a>
        )}
      </div>
      {run.steps !== null && run.steps > 0 && run.status !== "finished" && (
        <progress max={run.steps} value={Math.min(run.step, run.steps)} aria-label={texts.facts.progress} />
      )}
      <dl class="facts run-facts">
        {FACTS.map(
          (name) =>
            facts[name] !== undefined && (
              <div key={name}>
                <dt>{texts.facts[name]}</dt>
                <dd>{facts[name]}</dd>
              </div>
            ),
        )}
      </dl>
      {run.tags.length > 0 && (
        <ul class="tags" aria-label={texts.tags}>
          {run.tags.map((tag) => (
            <li key={tag}>
              <bdi>{harmless(tag)}</bdi>
            </li>
          ))}
        </ul>
      )}
      {canResume && hasCheckpoint && source.connection.value !== "static" && (
        <>
          <p class="about">{texts.resume}</p>
          <Command text={`gradus resume ${quoted(folderOf(store.folder.value, run.id))}`} label={uiTexts.value.copy} />
        </>
      )}
      {detail.warnings.length > 0 && (
        <div class="problem warnings">
          <div>
            <h3>{texts.warnings}</h3>
            <ul>
              {detail.warnings.map((warning) => (
                <li key={warning}>{harmless(warning)}</li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </section>
  );
}

type Started = Extract<RunEvent, { readonly type: "started" | "resumed" }>;

function factsOf(run: RunSummary, detail: RunDetail, folder: string): Readonly<Record<FactName, ComponentChildren>> {
  const texts = runTexts.value;
  const { runs: runWords, kinds } = uiTexts.value;
  const start = detail.events.findLast(
    (event): event is Started => event.type === "started" || event.type === "resumed",
  );
  const git = detail.environment?.git;
  const epochs = runWords.epoch(formatCount(run.epoch), run.epochs === null ? undefined : formatCount(run.epochs));
  const steps = texts.progress(formatCount(run.step), run.steps === null ? undefined : formatCount(run.steps));
  return {
    status: <StatusMark status={run.status} />,
    progress: run.epochs === null && run.epoch === 0 ? steps : `${epochs} · ${steps}`,
    started: run.createdAt === null ? undefined : <Started at={run.createdAt} />,
    lasted:
      run.createdAt === null || run.updatedAt === null ? undefined : formatDuration(run.updatedAt - run.createdAt),
    kind: kinds[run.kind],
    backend: start === undefined ? undefined : harmless(texts.threads(start.backend, start.threads)),
    samples:
      start === undefined
        ? undefined
        : texts.samples(
            formatCount(start.samples),
            start.validationSamples > 0 ? formatCount(start.validationSamples) : undefined,
          ),
    parameters: start === undefined ? undefined : formatCount(start.parameters),
    commit:
      git === undefined ? undefined : (
        <code title={harmless(git.commit)}>
          {harmless(texts.commit(git.commit.slice(0, 10), git.branch, git.isDirty === true))}
        </code>
      ),
    folder: folder === "" ? undefined : <bdi class="path">{harmless(folderOf(folder, run.id))}</bdi>,
  };
}

function Started({ at }: { readonly at: number }) {
  const age = Date.now() - at;
  return (
    <span title={formatAgo(at, Date.now())}>
      {formatMoment(at)}
      {age >= 0 && age < 86_400_000 && <span class="about"> ({formatAgo(at, Date.now())})</span>}
    </span>
  );
}

/** The folder of a run below the folder of all runs. */
function folderOf(folder: string, run: string): string {
  return run === "./" || run === "." ? folder : `${folder.replace(/\/$/, "")}/${run}`;
}
