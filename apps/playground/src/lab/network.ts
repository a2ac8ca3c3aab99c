import type { Finding } from "gradus/doctor";
import { judge } from "gradus/doctor";
import { takeCensus } from "gradus/watch";
import type { LabData } from "./data.ts";
import { Spaced, Speedometer } from "./pace.ts";
import type { NetworkFrame, Views } from "./protocol.ts";
import type { Session } from "./session.ts";
import { SessionViews } from "./views.ts";

/** Views: at most five per second. Judgements: every two seconds. Each with its share of the time. */
const VIEWS_MS = 200;
const VIEWS_SHARE = 0.03;
const JUDGE_MS = 2000;
const JUDGE_SHARE = 0.02;

/** What a frame holds even if it is not due. Findings take longer than views. */
export type Must = "views" | "findings" | undefined;

/** One network as the page sees it: its run, what it shows besides, and what the doctor says. */
export class LabNetwork {
  readonly #data: LabData;
  readonly #viewsPace = new Spaced(VIEWS_MS, VIEWS_SHARE);
  readonly #judgePace = new Spaced(JUDGE_MS, JUDGE_SHARE);
  readonly #speed = new Speedometer();
  #views: SessionViews;
  #isOriginal = true;
  #isJudged = false;
  #findings = "";
  session: Session;

  constructor(session: Session, data: LabData) {
    this.session = session;
    this.#data = data;
    this.#views = new SessionViews(session, data);
  }

  /** Goes on with another run. The old one is given back. */
  async replace(session: Session): Promise<void> {
    this.#views.dispose();
    await this.session.dispose();
    this.session = session;
    this.#views = new SessionViews(session, this.#data);
    this.#isOriginal = false;
    this.#isJudged = false;
    this.viewsAreStale();
  }

  start(now: number): void {
    this.#speed.start(now);
  }

  async advance(): Promise<void> {
    await this.session.advance();
    this.#isJudged = false;
    this.#speed.step();
  }

  /** The next frame shows what the page looks at now. */
  viewsAreStale(): void {
    this.#viewsPace.reset();
  }

  /** Whether the last judgement is about the run as it is. */
  get isJudged(): boolean {
    return this.#isJudged;
  }

  /** The findings about the run so far; undefined if they are the same as before. */
  async judge(): Promise<readonly Finding[] | undefined> {
    const { session } = this;
    const { record, training, plan, lastEpoch, view, failure } = session;
    if (this.#isOriginal && record.start === undefined) {
      // on the weights of the beginning, which the seed gives again
      const initial = plan.model.initialize(plan.settings.seed);
      record.start = await takeCensus(training, plan.model, initial, { step: 0, backend: session.backend });
    }
    const isOver = session.hasFinished;
    const run = record.toRun(lastEpoch * view.stepsPerEpoch, isOver, failure);
    const { findings } = judge(training, run.steps === 0 && record.start === undefined ? [] : [run]);
    const text = JSON.stringify(findings.map(({ problem, layer, weight }) => [problem, layer, weight]));
    if (text === this.#findings) return undefined;
    this.#findings = text;
    return findings;
  }

  /** What is new, with what is due of views and findings.
   *  @param must what is shown now, whatever it costs: the run rests. */
  async frame(looks: Views, now: () => number, must: Must): Promise<NetworkFrame> {
    const { session } = this;
    const { step, epoch, failure, hasFinished } = session;
    const shown = must === "views" || this.#viewsPace.isDue(now()) ? await this.#show(looks, now) : {};
    const findings = must === "views" ? undefined : await this.#findingsIfDue(now, must === "findings");
    return {
      step,
      epoch,
      ...session.take(),
      ...shown,
      ...(findings === undefined ? {} : { findings }),
      ...(failure === undefined ? {} : { failure }),
      stepsPerSecond: this.#speed.perSecond(now()),
      hasFinished,
    };
  }

  async #show({ output, layers }: Views, now: () => number) {
    if (!output && !layers) return {};
    const started = now();
    if (!(await this.#views.refresh())) return {};
    const filters = layers ? await this.#views.filters() : undefined;
    const shown = {
      ...(output ? { output: await this.#views.output() } : {}),
      ...(layers ? { histograms: await this.#views.histograms() } : {}),
      ...(filters === undefined ? {} : { filters }),
    };
    this.#viewsPace.done(started, now());
    return shown;
  }

  async #findingsIfDue(now: () => number, must: boolean): Promise<readonly Finding[] | undefined> {
    if (this.#isJudged || (!must && !this.#judgePace.isDue(now()))) return undefined;
    const started = now();
    const findings = await this.judge();
    this.#isJudged = true;
    this.#judgePace.done(started, now());
    return findings;
  }

  async dispose(): Promise<void> {
    this.#views.dispose();
    await this.session.dispose();
  }
}
