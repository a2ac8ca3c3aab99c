import { Panel } from "gradus-parts/page/Panel.tsx";
import { formatCount } from "gradus-parts/text/numbers.ts";
import { NetworkStrip } from "../charts/NetworkStrip.tsx";
import { MOST_BLOCKS } from "../config/config.ts";
import { insertBlock, moveBlock, removeBlock, withDepth } from "../state/edit-network.ts";
import { type NetworkIndex, selectedNetwork } from "../state/store.ts";
import { uiTexts } from "../text/ui.ts";
import { NETWORK_NAMES } from "../text/ui-names.ts";
import { BlockEditor } from "./BlockEditor.tsx";
import { usePlayground } from "./context.ts";
import { Differences } from "./Differences.tsx";
import { SliderField } from "./fields/SliderField.tsx";
import { Icon } from "./Icon.tsx";
import { Problem } from "./Problem.tsx";
import { useLook } from "./use-look.ts";

/** The networks as something to click, with what happens in every layer; the editor of the selected one. */
export function NetworkPanel() {
  const { store } = usePlayground();
  const { networks: texts, errors } = uiTexts.value;
  const { networks } = store.config.value;
  const refusal = store.refusal.value;
  const ref = useLook("layers");
  return (
    <Panel title={texts.title} area="network" tools={<NetworkTools />}>
      {refusal !== undefined && <Problem title={errors.refused} error={refusal} />}
      {networks.length === 2 && <Differences />}
      <div class={`strips strips-${networks.length}`} ref={ref}>
        {networks.map((_, index) => (
          <Strip key={NETWORK_NAMES[index]} network={index as NetworkIndex} />
        ))}
      </div>
      <BlockEditor />
    </Panel>
  );
}

function NetworkTools() {
  const { actions, store } = usePlayground();
  const { networks: texts } = uiTexts.value;
  const network = selectedNetwork(store);
  const { part } = store.selection.value;
  const at = typeof part === "number" ? part : part === "input" ? 0 : network.blocks.length - 1;
  const isFull = network.blocks.length >= MOST_BLOCKS;
  const add = () => {
    const block = network.blocks[at];
    if (block === undefined || isFull) return;
    actions.editNetwork((each) => insertBlock(each, at, block), "add");
    actions.select({ ...store.selection.peek(), part: at + 1 });
  };
  return (
    <>
      <div class="depth">
        <SliderField
          text={texts.depth}
          value={network.blocks.length}
          range={{ low: 1, high: MOST_BLOCKS, isInteger: true }}
          steps={MOST_BLOCKS - 1}
          format={String}
          onChange={(depth) => actions.editNetwork((each) => withDepth(each, at, depth), "depth")}
        />
      </div>
      <button type="button" disabled={isFull} title={texts.add.hint} onClick={add}>
        <Icon name="add" />
        <span>{texts.add.label}</span>
      </button>
      {store.config.value.networks.length === 1 && (
        <button type="button" title={texts.compare.hint} onClick={actions.compare}>
          {texts.compare.label}
        </button>
      )}
    </>
  );
}

function Strip({ network }: { readonly network: NetworkIndex }) {
  const { actions, store } = usePlayground();
  const { networks: texts, network: nameOf } = uiTexts.value;
  const { networks, data } = store.config.value;
  const selection = store.selection.value;
  const history = store.histories.value[network];
  const config = networks[network] ?? networks[0];
  const isPair = networks.length === 2;
  const onKeyDown = (event: KeyboardEvent) => {
    const edit = stripCommand(event);
    if (edit === undefined) return;
    event.preventDefault();
    edit({ actions, at: store.selection.peek().part, network });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the focused layer within bubble up to here
    <div class="strip" onKeyDown={onKeyDown}>
      {isPair && (
        <div class="strip-head">
          <h3 class={`name-${network}`}>{nameOf(NETWORK_NAMES[network])}</h3>
          <Parameters network={network} />
          <button type="button" class="quiet" onClick={() => actions.keepOnly(network)}>
            {texts.keepOnly(NETWORK_NAMES[network])}
          </button>
        </div>
      )}
      {history !== undefined && (
        <NetworkStrip
          history={history}
          blocks={config.blocks}
          dataName={data.name}
          label={isPair ? nameOf(NETWORK_NAMES[network]) : texts.title}
          selected={selection.network === network ? selection.part : undefined}
          onSelect={(part) => actions.select({ network, part })}
        />
      )}
    </div>
  );
}

/** How many numbers the network learns. */
export function Parameters({ network }: { readonly network: NetworkIndex }) {
  const history = usePlayground().store.histories.value[network];
  history?.calm.value;
  return (
    <span class="parameters">
      {history !== undefined && uiTexts.value.networks.parameters(formatCount(history.view.parameterCount))}
    </span>
  );
}

interface StripContext {
  readonly actions: ReturnType<typeof usePlayground>["actions"];
  readonly at: number | "input" | "output";
  readonly network: NetworkIndex;
}

/** What a key does to the selected block. */
function stripCommand(event: KeyboardEvent): ((context: StripContext) => void) | undefined {
  const onBlock = (change: (context: StripContext, at: number) => void) => (context: StripContext) => {
    if (typeof context.at === "number") change(context, context.at);
  };
  if (event.altKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
    const by = event.key === "ArrowLeft" ? -1 : 1;
    return onBlock(({ actions, network }, at) => {
      actions.editNetwork((each) => moveBlock(each, at, by), "move");
      actions.select({ network, part: Math.max(0, at + by) });
    });
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (event.key === "Delete" || event.key === "Backspace") {
    return onBlock(({ actions }, at) => actions.editNetwork((each) => removeBlock(each, at), "remove"));
  }
  if (event.key.toLowerCase() !== "d") return undefined;
  return onBlock(({ actions, network }, at) => {
    actions.editNetwork((each) => {
      const block = each.blocks[at];
      return block === undefined ? each : insertBlock(each, at, block);
    }, "duplicate");
    actions.select({ network, part: at + 1 });
  });
}
