import { useSignal } from "@preact/signals";
import { SelectField } from "gradus-parts/fields/SelectField.tsx";
import { Toggle } from "gradus-parts/fields/Toggle.tsx";
import { ACTIVATIONS, type Block, INITS, type Init, type NetworkConfig } from "../config/config.ts";
import {
  asKind,
  inputKindOf,
  insertBlock,
  kindsFor,
  moveBlock,
  removeBlock,
  replaceBlock,
  type SharedFields,
  withShared,
  withSharedForAll,
} from "../state/edit-network.ts";
import { selectedNetwork } from "../state/store.ts";
import { uiTexts } from "../text/ui.ts";
import { ACTIVATION_NAMES, NETWORK_NAMES } from "../text/ui-names.ts";
import { BlockFields } from "./BlockFields.tsx";
import { usePlayground } from "./context.ts";
import { Icon, type IconName } from "./Icon.tsx";
import { InitFields } from "./InitFields.tsx";

/** The settings of the selected layer. It keeps its height whichever layer is selected. */
export function BlockEditor() {
  const { store } = usePlayground();
  const { part, network } = store.selection.value;
  const config = selectedNetwork(store);
  const block = typeof part === "number" ? config.blocks[part] : undefined;
  const isPair = store.config.value.networks.length === 2;
  return (
    <div class="block-editor">
      {block !== undefined && typeof part === "number" ? (
        <Editor
          key={network}
          block={block}
          index={part}
          network={config}
          prefix={isPair ? NETWORK_NAMES[network] : ""}
        />
      ) : part === "input" ? (
        <InputAbout />
      ) : (
        <OutputEditor network={config} />
      )}
    </div>
  );
}

interface EditorProps {
  readonly block: Block;
  readonly index: number;
  readonly network: NetworkConfig;
  /** Name of the network, of two. */
  readonly prefix: string;
}

function Editor({ block, index, network, prefix }: EditorProps) {
  const { actions, store } = usePlayground();
  const texts = uiTexts.value.block;
  const isForAll = useSignal(false);
  const put = (next: Block, key: string) =>
    actions.editNetwork((each) => replaceBlock(each, index, next), `${index}.${key}`);
  const set = (fields: SharedFields, key: string) =>
    isForAll.value
      ? actions.editNetwork((each) => withSharedForAll(each, fields), `all.${key}`)
      : put(withShared(block, fields), key);
  const { data } = store.config.value;
  const kinds = kindsFor(inputKindOf(data.name, store.data.value?.inputShape));
  return (
    <>
      <div class="block-head">
        <h3>
          {prefix === "" ? "" : `${prefix}: `}
          {texts.title(index + 1, network.blocks.length)}
        </h3>
        <BlockButtons index={index} count={network.blocks.length} />
        <Toggle
          text={texts.forAll}
          isOn={isForAll.value}
          onChange={(isOn) => {
            isForAll.value = isOn;
          }}
        />
      </div>
      <div class="block-fields">
        <SelectField
          text={texts.kind}
          value={block.kind}
          options={kinds.includes(block.kind) ? kinds : [...kinds, block.kind]}
          nameOf={(kind) => texts.kinds[kind]}
          onChange={(kind) => put(asKind(block, kind), "kind")}
        />
        <BlockFields block={block} put={put} set={set} />
      </div>
    </>
  );
}

function BlockButtons({ index, count }: { readonly index: number; readonly count: number }) {
  const { actions, store } = usePlayground();
  const texts = uiTexts.value.block;
  const select = (part: number) => actions.select({ ...store.selection.peek(), part });
  const move = (by: -1 | 1) => {
    actions.editNetwork((each) => moveBlock(each, index, by), "move");
    select(index + by);
  };
  const duplicate = () => {
    actions.editNetwork((each) => {
      const block = each.blocks[index];
      return block === undefined ? each : insertBlock(each, index, block);
    }, "duplicate");
    select(index + 1);
  };
  const remove = () => actions.editNetwork((each) => removeBlock(each, index), "remove");
  const buttons: readonly (readonly [IconName, string, boolean, () => void])[] = [
    ["left", texts.moveLeft, index === 0, () => move(-1)],
    ["right", texts.moveRight, index === count - 1, () => move(1)],
    ["duplicate", texts.duplicate, false, duplicate],
    ["remove", texts.remove, count === 1, remove],
  ];
  return (
    <div class="button-row">
      {buttons.map(([icon, name, isOff, onClick]) => (
        <button
          key={icon}
          type="button"
          class="icon-button"
          aria-label={name}
          title={name}
          disabled={isOff}
          onClick={onClick}
        >
          <Icon name={icon} />
        </button>
      ))}
    </div>
  );
}

const shapeText = (shape: readonly number[] | undefined) => (shape === undefined ? "…" : shape.join(" × "));

function InputAbout() {
  const { store } = usePlayground();
  const texts = uiTexts.value.block;
  return (
    <>
      <div class="block-head">
        <h3>{texts.input}</h3>
      </div>
      <p>{texts.inputAbout(shapeText(store.data.value?.inputShape))}</p>
    </>
  );
}

function OutputEditor({ network }: { readonly network: NetworkConfig }) {
  const { actions, store } = usePlayground();
  const texts = uiTexts.value.block;
  const view = store.histories.value[store.selection.value.network]?.view;
  const shape = view?.layers.at(-1)?.outputShape;
  const setInit = (outputInit: Init) => actions.editNetwork((each) => ({ ...each, outputInit }), "outputInit");
  return (
    <>
      <div class="block-head">
        <h3>{texts.output}</h3>
        <p>{texts.outputAbout(shapeText(shape))}</p>
      </div>
      <div class="block-fields">
        <SelectField
          text={texts.activation}
          value={network.outputActivation}
          options={ACTIVATIONS}
          nameOf={(each) => ACTIVATION_NAMES[each]}
          onChange={(outputActivation) =>
            actions.editNetwork((each) => ({ ...each, outputActivation }), "outputActivation")
          }
        />
        <InitFields init={network.outputInit} inits={INITS} onChange={setInit} />
      </div>
    </>
  );
}
