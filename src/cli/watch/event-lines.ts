import type { Finding } from "../../doctor/finding.ts";
import type { RunEvent, RunReader } from "../../runs/types.ts";
import { describeFinding } from "../../telling/describe.ts";
import type { Language } from "../../telling/texts/texts.ts";
import { formatCount } from "../../train/progress.ts";
import { courseOf } from "../runs/course.ts";
import { plain } from "../runs/plain.ts";
import { formatMetric } from "../runs/score.ts";
import { keyOf } from "./findings.ts";
import { WATCH_WORDS } from "./words.ts";

/** What happened in a run since the last call, as lines for a pipe: each epoch, checkpoint and finding once. */
export class EventLines {
  readonly #reader: RunReader;
  readonly #language: Language;
  readonly #known = new Set<string>();
  #read = 0;
  #epochs: number | undefined;

  constructor(reader: RunReader, language: Language) {
    this.#reader = reader;
    this.#language = language;
  }

  next(findings: readonly Finding[]): readonly string[] {
    const events = this.newEvents();
    const isNew = (finding: Finding) => !this.#known.has(keyOf(finding));
    const found = findings.filter(isNew);
    for (const finding of found) this.#known.add(keyOf(finding));
    return [
      ...events.flatMap((event) => this.#eventLines(event)),
      ...found.map((finding) => this.#findingLine(finding)),
    ];
  }

  /** The events since the last call. */
  newEvents(): readonly RunEvent[] {
    const { events } = this.#reader;
    const fresh = events.slice(this.#read);
    this.#read = events.length;
    return fresh;
  }

  /** How the run ended. */
  end(): string {
    const words = WATCH_WORDS[this.#language];
    const { epoch, step } = courseOf(this.#reader);
    const { status } = this.#reader;
    return words.ended({ status: words.status[status], epoch: formatCount(epoch), step: formatCount(step) });
  }

  #eventLines(event: RunEvent): readonly string[] {
    const words = WATCH_WORDS[this.#language];
    switch (event.type) {
      case "started":
        this.#epochs = event.epochs;
        return [];
      case "resumed":
        this.#epochs = event.epochs;
        return [words.resumed({ step: formatCount(event.step) })];
      case "checkpoint":
        return [words.saved({ step: formatCount(event.step), file: plain(event.file) })];
      case "epoch":
        return [
          [
            words.epoch({ done: event.epoch, planned: this.#epochs ?? "?" }),
            metricsText(words.ofParts.train, event.train),
            metricsText(words.ofParts.validation, event.validation),
            words.samplesPerSecond({ count: formatCount(event.samplesPerSecond) }),
          ]
            .filter((part) => part !== "")
            .join("  "),
        ];
      default:
        return [];
    }
  }

  #findingLine(finding: Finding): string {
    const words = WATCH_WORDS[this.#language];
    const types = new Map((this.#reader.description?.layers ?? []).map(({ path, type }) => [path, type]));
    const { name, place, evidence } = describeFinding(finding, this.#language, types);
    const reason = evidence[0] === undefined ? "" : `: ${plain(evidence[0])}`;
    return `${words.finding}  ${name} · ${plain(place)}${reason}`;
  }
}

/** `training loss 0.2130, accuracy 93.75 %` */
function metricsText(part: string, metrics: Readonly<Record<string, number>> | undefined): string {
  const texts = Object.entries(metrics ?? {}).map(([name, value]) => `${plain(name)} ${formatMetric(name, value)}`);
  return texts.length === 0 ? "" : `${part} ${texts.join(", ")}`;
}
