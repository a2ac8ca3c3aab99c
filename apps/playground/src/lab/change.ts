import type { NetworkConfig, PlaygroundConfig } from "../config/config.ts";
import { differences } from "../config/differences.ts";
import type { LabData } from "./data.ts";
import { keepWeights } from "./keep-weights.ts";
import type { ChangeMark } from "./protocol.ts";
import { type Origin, planNetwork, Session } from "./session.ts";

/** What to do with a run whose settings have changed. */
export interface Change {
  /** A new run in its place; undefined: the present one goes on. */
  readonly session: Session | undefined;
  readonly learningRate: number | undefined;
  /** Undefined: nothing has changed. */
  readonly mark: Omit<ChangeMark, "network"> | undefined;
}

const RATE = "optimizer.learningRate";

/** Prepares a run to go on with other settings; it is not touched.
 *  The rate alone: the same run, moments stay. Anything else: a new run with the weights that are kept, whose schedule lasts for the
 *  epochs that are left.
 *  @throws GradusError as `Session.open`. */
export async function changeSession(
  session: Session,
  network: NetworkConfig,
  config: PlaygroundConfig,
  data: LabData,
): Promise<Change> {
  const changed = differences(session.network, network).map(({ path }) => path);
  const isLonger = session.needsRestartFor(config.epochs);
  const paths = isLonger ? [...changed, "epochs"] : changed;
  if (paths.length === 0 && session.failure === undefined) {
    return { session: undefined, learningRate: undefined, mark: undefined };
  }
  const { step, epoch } = session;
  if (session.failure === undefined && paths.length === 1 && paths[0] === RATE) {
    const mark = { step, epoch, paths, keepsMoments: true, newLayers: [] };
    return { session: undefined, learningRate: network.optimizer.learningRate, mark };
  }
  const state = await session.state();
  const plan = planNetwork(network, config, data);
  const kept =
    state === undefined
      ? undefined
      : await keepWeights(
          plan.model,
          { blocks: network.blocks, layers: plan.view.layers },
          { blocks: session.network.blocks, layers: session.view.layers, state },
          config.seed,
        );
  const newLayers =
    kept?.newLayers ?? plan.view.layers.flatMap(({ path, parameterCount }) => (parameterCount > 0 ? [path] : []));
  const origin: Origin = { state: kept?.state, step, epoch, restarts: session.restarts + 1 };
  const next = await Session.open({ network, config, data, backend: session.backend, origin });
  return { session: next, learningRate: undefined, mark: { step, epoch, paths, keepsMoments: false, newLayers } };
}
