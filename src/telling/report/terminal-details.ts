import type { Diagnosis } from "../../doctor/diagnosis.ts";
import { alignColumns, wrap } from "./columns.ts";
import {
  type Article,
  articles,
  byProblem,
  decidingTrial,
  lookedAt,
  mainPrescription,
  remedyNames,
  runCells,
  runTitles,
} from "./parts.ts";
import { findingText, heading, prescriptionBody, trialText, type Writer } from "./terminal-parts.ts";

/** The sections that the short report leaves out. Sections may be empty. */
export function detailSections(diagnosis: Diagnosis, writer: Writer): readonly string[] {
  const { texts, width } = writer;
  const { phrases } = texts;
  const { remarks, prescriptions, findings, trials } = diagnosis;
  const main = mainPrescription(diagnosis);
  const tried = new Set(trials.map(({ prescription }) => prescription));
  const others = prescriptions.filter((each) => each !== main && !tried.has(each));
  const explained = articles(diagnosis, texts);
  const indented = (line: string) => wrap(line, width, "   ");
  return [
    section(
      phrases.remarks,
      remarks.length === 0
        ? []
        : [
            indented(phrases.remarksMeaning),
            ...byProblem(remarks).map((each) => findingText(each, " - ", true, writer)),
          ],
      writer,
    ),
    section(
      phrases.triedBefore,
      trials
        .slice(0, -1)
        .map((trial) =>
          [
            trialText(` - ${remedyNames(trial.prescription, texts)}`, trial, writer),
            prescriptionBody(trial.prescription, writer),
          ].join("\n"),
        ),
      writer,
    ),
    section(
      phrases.otherPrescriptions,
      others.map((each) => ` - ${remedyNames(each, texts)}\n${prescriptionBody(each, writer)}`),
      writer,
    ),
    section(phrases.lookedAt, findings.length === 0 ? [] : lookedAt(diagnosis, texts).map(indented), writer),
    ...armTables(diagnosis, writer),
    articlesText(phrases.aboutProblems, explained.problems, writer),
    articlesText(phrases.aboutRemedies, explained.remedies, writer),
  ];
}

function section(title: string, lines: readonly string[], writer: Writer): string {
  return lines.length === 0 ? "" : [heading(title, writer), ...lines].join("\n");
}

/** One row per run: the runs of the trial, or else the observed ones. */
function armTables(diagnosis: Diagnosis, writer: Writer): readonly string[] {
  const { texts } = writer;
  const { phrases } = texts;
  const trial = decidingTrial(diagnosis);
  const arms =
    trial === undefined
      ? [{ title: phrases.runs, runs: diagnosis.runs }]
      : [
          { title: `${phrases.runs}, ${phrases.untouched}`, runs: trial.control.runs },
          { title: `${phrases.runs}, ${phrases.treated}`, runs: trial.treated.runs },
        ];
  return arms.map(({ title, runs }) =>
    section(
      title,
      runs.length === 0 ? [] : [alignColumns([runTitles(texts), ...runs.map((run) => runCells(run, texts))], "   ")],
      writer,
    ),
  );
}

function articlesText(title: string, explained: readonly Article[], writer: Writer): string {
  const { width, style } = writer;
  return section(
    title,
    explained.map(({ name, text, paper }) =>
      [` - ${style("bold", name)}`, wrap(text, width, "   "), style("dim", wrap(paper, width, "   "))].join("\n"),
    ),
    writer,
  );
}
