import { readFile } from "node:fs/promises";
import { type Backend, openBackend } from "gradus";
import type { PlaygroundConfig } from "../../apps/playground/src/config/config.ts";
import { DEFAULT_BLOCK, DEFAULT_CONFIG, DEFAULT_NETWORK } from "../../apps/playground/src/config/defaults.ts";
import { Lab } from "../../apps/playground/src/lab/lab.ts";
import type { Command, Message, NetworkFrame, OwnSamples } from "../../apps/playground/src/lab/protocol.ts";

const DATA = new URL("../../apps/playground/public/data/", import.meta.url);

export const readData = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await readFile(new URL(name, DATA)));

/** A small network on few points. */
export const SMALL: PlaygroundConfig = {
  ...DEFAULT_CONFIG,
  data: { name: "circles", samples: 120, noise: 0.1, testShare: 0.25, seed: 1 },
  epochs: 6,
  networks: [{ ...DEFAULT_NETWORK, blocks: [{ ...DEFAULT_BLOCK, units: 8 }], batchSize: 30 }],
};

/** A lab whose messages can be waited for. */
export class Bench {
  readonly messages: Message[] = [];
  readonly lab: Lab;
  #heard: (() => void) | undefined;

  constructor(backend?: Backend) {
    this.lab = new Lab({
      post: (message) => {
        this.messages.push(message);
        this.#heard?.();
      },
      openBackend: async () => backend ?? openBackend({ backend: "wasm", threads: 1 }),
      readFile: readData,
    });
  }

  send(command: Command): void {
    this.lab.handle(command);
  }

  /** The next message that has this property; those before it are passed over. */
  async until(isIt: (message: Message) => boolean, from = 0): Promise<Message> {
    for (let next = from; ; next++) {
      while (next >= this.messages.length) await new Promise<void>((resolve) => (this.#heard = resolve));
      const message = this.messages[next] as Message;
      if (message.type === "refused" && !isIt(message)) throw new Error(JSON.stringify(message.error));
      if (isIt(message)) return message;
    }
  }

  /** Sends a command and waits until there is nothing left to do and to show. @returns the last frame since then. */
  async rest(command: Command): Promise<readonly NetworkFrame[]> {
    const from = this.messages.length;
    this.send(command);
    while (!this.lab.isResting) await new Promise((resolve) => setImmediate(resolve));
    const frames = this.messages.slice(from).filter((message) => message.type === "frame");
    return frames.at(-1)?.networks ?? [];
  }

  async setUp(config: PlaygroundConfig, own?: OwnSamples): Promise<Extract<Message, { type: "ready" }>> {
    const from = this.messages.length;
    await this.rest({ type: "setUp", config, own });
    return (await this.until(({ type }) => type === "ready", from)) as Extract<Message, { type: "ready" }>;
  }

  /** The first network in the last frame that shows its output. */
  lastShown(): NetworkFrame | undefined {
    return this.messages
      .flatMap((message) => (message.type === "frame" ? message.networks.slice(0, 1) : []))
      .findLast(({ output }) => output !== undefined);
  }

  /** Everything that the frames since then said about one network, joined. */
  joined(network: 0 | 1 = 0, from = 0): Pick<NetworkFrame, "losses" | "epochs" | "readings"> {
    const frames = this.messages
      .slice(from)
      .flatMap((message) => (message.type === "frame" ? [message.networks[network] as NetworkFrame] : []));
    return {
      losses: frames.flatMap(({ losses }) => losses),
      epochs: frames.flatMap(({ epochs }) => epochs),
      readings: frames.flatMap(({ readings }) => readings),
    };
  }
}
