import { SelectField } from "gradus-parts/fields/SelectField.tsx";
import { Toggle } from "gradus-parts/fields/Toggle.tsx";
import { formatPercent } from "gradus-parts/text/numbers.ts";
import { ACTIVATIONS, type Block, type ConvBlock, type DenseBlock, INITS, NORMS } from "../config/config.ts";
import { isRecurrent, isWeighted, type SharedFields, sizeOf } from "../state/edit-network.ts";
import { uiTexts } from "../text/ui.ts";
import { ACTIVATION_NAMES } from "../text/ui-names.ts";
import { NumberField } from "./fields/NumberField.tsx";
import { SliderField } from "./fields/SliderField.tsx";
import { InitFields } from "./InitFields.tsx";

interface BlockFieldsProps {
  readonly block: Block;
  readonly put: (block: Block, key: string) => void;
  /** Sets what several kinds of blocks have: of this block, or of all. */
  readonly set: (fields: SharedFields, key: string) => void;
}

const SIZES = { low: 1, high: 512, isInteger: true };
const WINDOWS = [2, 3, 4] as const;
const KERNELS = [1, 3, 5, 7] as const;

/** The fields that the block's kind has. */
export function BlockFields({ block, put, set }: BlockFieldsProps) {
  const texts = uiTexts.value.block;
  const size = sizeOf(block);
  return (
    <>
      {size !== undefined && (
        <SliderField
          text={block.kind === "conv" ? texts.filters : texts.units}
          value={size}
          range={SIZES}
          scale="log"
          onChange={(value) => set({ size: value }, "size")}
        />
      )}
      {block.kind === "conv" && (
        <SelectField
          text={texts.kernel}
          value={String(block.kernel)}
          options={KERNELS.map(String)}
          nameOf={(each) => `${each} × ${each}`}
          onChange={(kernel) => put({ ...block, kernel: Number(kernel) }, "kernel")}
        />
      )}
      {(block.kind === "maxPool" || block.kind === "avgPool") && (
        <SelectField
          text={texts.size}
          value={String(block.size)}
          options={WINDOWS.map(String)}
          nameOf={(each) => `${each} × ${each}`}
          onChange={(window) => put({ ...block, size: Number(window) }, "window")}
        />
      )}
      {isWeighted(block) && <WeightedFields block={block} put={put} set={set} />}
      {(isWeighted(block) || isRecurrent(block)) && (
        <SliderField
          text={texts.dropout}
          value={block.dropout}
          range={{ low: 0, high: 0.9 }}
          steps={18}
          format={formatPercent}
          onChange={(dropout) => set({ dropout }, "dropout")}
        />
      )}
      {isRecurrent(block) && <InitFields init={block.init} inits={INITS} onChange={(init) => set({ init }, "init")} />}
      {isWeighted(block) && <Toggle text={texts.skip} isOn={block.skip} onChange={(skip) => set({ skip }, "skip")} />}
    </>
  );
}

interface WeightedFieldsProps extends BlockFieldsProps {
  readonly block: DenseBlock | ConvBlock;
}

function WeightedFields({ block, put, set }: WeightedFieldsProps) {
  const texts = uiTexts.value.block;
  return (
    <>
      <SelectField
        text={texts.activation}
        value={block.activation}
        options={ACTIVATIONS}
        nameOf={(each) => ACTIVATION_NAMES[each]}
        onChange={(activation) => set({ activation }, "activation")}
      />
      {block.activation === "leakyRelu" && (
        <NumberField
          text={texts.slope}
          value={block.slope ?? 0.01}
          range={{ low: 0, high: 1 }}
          onChange={(slope) => put({ ...block, slope }, "slope")}
        />
      )}
      <InitFields init={block.init} inits={INITS} onChange={(init) => set({ init }, "init")} />
      <SelectField
        text={texts.norm}
        value={block.norm}
        options={NORMS}
        nameOf={(each) => texts.norms[each]}
        onChange={(norm) => set({ norm }, "norm")}
      />
    </>
  );
}
