import { type Backend, encodeModel } from "gradus";
import { preflight } from "gradus/doctor";
import type { PlaygroundConfig } from "../config/config.ts";
import { Bell } from "./bell.ts";
import { changeSession } from "./change.ts";
import { type LabData, loadData } from "./data.ts";
import { errorData } from "./errors.ts";
import { LabNetwork, type Must } from "./network.ts";
import type { ChangeMark, Command, Message, NetworkFrame, Views } from "./protocol.ts";
import { epochGoal, type Goal, nextRound, playGoal, stepGoal } from "./schedule-steps.ts";
import { planNetwork, Session } from "./session.ts";
import type { ReadFile } from "./slice.ts";
import { nextTurn } from "./turn.ts";

/** Longest time between two looks at the inbox, in ms. */
const SLICE_MS = 8;

/** Time between two frames, in ms: at most 30 per second. */
const FRAME_MS = 1000 / 30;

/** How far the steps may fall behind their pace before the pace gives in, in ms. */
const MOST_LATE_MS = 200;

export interface LabOptions {
  /** Where messages go. */
  readonly post: (message: Message) => void;
  /** Opens the engine, with that many threads or as many as there are. */
  readonly openBackend: (threads: number | undefined) => Promise<Backend>;
  readonly readFile: ReadFile;
  /** A clock in ms. */
  readonly now?: (() => number) | undefined;
}

/** One or two networks that train on command. Commands are obeyed one after the other, between two steps. */
export class Lab {
  readonly #options: LabOptions;
  readonly #now: () => number;
  readonly #bell = new Bell();
  #inbox: Command[] = [];
  #config: PlaygroundConfig | undefined;
  #data: LabData | undefined;
  #networks: LabNetwork[] = [];
  #looks: Views = { output: false, layers: false };
  #goal: Goal | undefined;
  #nextFrameAt = 0;
  #nextStepAt = 0;
  /** What the page has not seen yet, though the run rests. */
  #unseen: Must;
  #isResting = false;
  #isDisposed = false;
  /** Resolves when the lab has given everything back after `dispose`. */
  readonly ended: Promise<void>;

  constructor(options: LabOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.ended = this.#run();
  }

  handle(command: Command): void {
    this.#inbox.push(command);
    this.#bell.ring();
  }

  /** Whether there is nothing to do and nothing to show. */
  get isResting(): boolean {
    return this.#isResting && this.#inbox.length === 0;
  }

  /** Ends everything and gives memory back. */
  dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#bell.ring();
    return this.ended;
  }

  async #run(): Promise<void> {
    while (!this.#isDisposed) {
      const command = this.#inbox.shift();
      try {
        if (command !== undefined) await this.#obey(command);
        else if (this.#goal !== undefined) await this.#train(this.#goal);
        else await this.#rest();
      } catch (error) {
        this.#goal = undefined;
        this.#unseen = undefined;
        this.#options.post({ type: "refused", error: errorData(error) });
      }
    }
    await this.#clear();
  }

  async #obey(command: Command): Promise<void> {
    switch (command.type) {
      case "setUp":
        return this.#setUp(command);
      case "change":
        return this.#change(command);
      case "export":
        return this.#export(command.network);
      case "look":
        this.#looks = command.views;
        for (const network of this.#networks) network.viewsAreStale();
        if (this.#goal === undefined) this.#unseen = "views";
        return;
      case "pause":
        if (this.#goal !== undefined) this.#stop();
        return;
      case "play":
        return this.#begin(playGoal(command.stepsPerSecond));
      case "step":
        return this.#begin(stepGoal(this.#sessions, command.count));
      case "epoch":
        return this.#begin(epochGoal(this.#sessions));
    }
  }

  get #sessions(): readonly Session[] {
    return this.#networks.map(({ session }) => session);
  }

  #begin(goal: Goal): void {
    const now = this.#now();
    // a new pace, but no new start
    if (this.#goal === undefined) for (const network of this.#networks) network.start(now);
    for (const session of this.#sessions) session.clock.isClose = goal.isClose;
    this.#goal = goal;
    this.#nextStepAt = now;
  }

  #stop(): void {
    this.#goal = undefined;
    this.#unseen = "views";
  }

  /** Trains for a few milliseconds, or until the pace says to wait. */
  async #train(goal: Goal): Promise<void> {
    const end = this.#now() + SLICE_MS;
    const pause = goal.stepsPerSecond === undefined ? 0 : 1000 / goal.stepsPerSecond;
    do {
      const round = nextRound(this.#networks, goal);
      if (round.length === 0) return this.#stop();
      for (const network of round) await network.advance();
      if (pause > 0) {
        this.#nextStepAt = Math.max(this.#nextStepAt + pause, this.#now() - MOST_LATE_MS);
        if (this.#nextStepAt > this.#now()) break;
      }
    } while (this.#now() < end);
    if (nextRound(this.#networks, goal).length === 0) return this.#stop();
    if (this.#now() >= this.#nextFrameAt) await this.#postFrame(undefined);
    const early = pause > 0 ? this.#nextStepAt - this.#now() : 0;
    if (early > 1 && this.#inbox.length === 0) await this.#bell.wait(early);
    else await nextTurn();
  }

  /** Shows what is new, the quick things first; then waits for a command. */
  async #rest(): Promise<void> {
    const must = this.#unseen;
    if (must === undefined || this.#networks.length === 0) {
      this.#isResting = true;
      await this.#bell.wait();
      this.#isResting = false;
      return;
    }
    const isJudged = this.#networks.every((network) => network.isJudged);
    this.#unseen = must === "views" && !isJudged ? "findings" : undefined;
    await this.#postFrame(must);
    // a command that came meanwhile goes first
    await nextTurn();
  }

  async #postFrame(must: Must): Promise<void> {
    // a frame that is late brings the next one no delay
    this.#nextFrameAt = Math.max(this.#nextFrameAt + FRAME_MS, this.#now());
    const networks: NetworkFrame[] = [];
    for (const network of this.#networks) networks.push(await network.frame(this.#looks, this.#now, must));
    this.#options.post({ type: "frame", networks, isPlaying: this.#goal !== undefined });
  }

  async #setUp({ config, own, threads }: Extract<Command, { readonly type: "setUp" }>): Promise<void> {
    await this.#clear();
    const { post, openBackend, readFile } = this.#options;
    try {
      const data = await loadData(config.data, readFile, own);
      // all are refused before any takes memory
      for (const network of config.networks) planNetwork(network, config, data);
      const backend = await openBackend(threads);
      for (const network of config.networks) {
        this.#networks.push(new LabNetwork(await Session.open({ network, config, data, backend }), data));
      }
      this.#config = config;
      this.#data = data;
      post({
        type: "ready",
        data: data.summary,
        networks: this.#sessions.map(({ view }) => view),
        backend: backend.name,
        threads: backend.threads,
        description: backend.description,
        findings: this.#sessions.map(({ training }) => preflight(training, undefined)),
      });
      this.#unseen = "views";
    } catch (error) {
      await this.#clear();
      post({ type: "refused", error: errorData(error) });
    }
  }

  async #clear(): Promise<void> {
    const networks = this.#networks;
    this.#networks = [];
    this.#goal = undefined;
    this.#unseen = undefined;
    this.#config = undefined;
    this.#data = undefined;
    for (const network of networks) await network.dispose();
  }

  async #change({ config }: Extract<Command, { readonly type: "change" }>): Promise<void> {
    const { post } = this.#options;
    const [before, data] = [this.#config, this.#data];
    if (before === undefined || data === undefined || !goesOn(before, config)) {
      return post({
        type: "refused",
        error: {
          code: "bad-argument",
          message: "Other samples, another seed or another network begin anew.",
          values: {},
        },
      });
    }
    const changes: Awaited<ReturnType<typeof changeSession>>[] = [];
    try {
      for (const [index, network] of this.#networks.entries()) {
        const wanted = config.networks[index] ?? config.networks[0];
        changes.push(await changeSession(network.session, wanted, config, data));
      }
    } catch (error) {
      for (const { session } of changes) await session?.dispose();
      return post({ type: "refused", error: errorData(error) });
    }
    const marks: ChangeMark[] = [];
    for (const [index, { session, learningRate, mark }] of changes.entries()) {
      const network = this.#networks[index] as LabNetwork;
      if (session !== undefined) await network.replace(session);
      if (learningRate !== undefined) network.session.changeRate(learningRate);
      network.session.network = config.networks[index] ?? config.networks[0];
      network.session.lastEpoch = config.epochs;
      if (mark !== undefined) marks.push({ ...mark, network: index as 0 | 1 });
    }
    this.#config = config;
    // a goal in steps or epochs was that of other runs
    if (this.#goal !== undefined) this.#begin(playGoal(this.#goal.stepsPerSecond));
    post({ type: "changed", marks, networks: this.#sessions.map(({ view }) => view) });
    if (this.#goal === undefined) this.#unseen = "views";
  }

  async #export(index: 0 | 1): Promise<void> {
    const session = this.#networks[index]?.session;
    const state = await session?.state();
    if (session === undefined || state === undefined) {
      this.#options.post({
        type: "refused",
        error: { code: "not-finite", message: "There are no weights to save.", values: { export: index } },
      });
      return;
    }
    const bytes = await encodeModel({ model: session.plan.model, state });
    this.#options.post({ type: "model", network: index, bytes });
  }
}

/** Whether the run can go on with other settings: the same samples, the same seed, as many networks. */
function goesOn(from: PlaygroundConfig, to: PlaygroundConfig): boolean {
  return (
    from.seed === to.seed &&
    from.networks.length === to.networks.length &&
    JSON.stringify(from.data) === JSON.stringify(to.data)
  );
}
