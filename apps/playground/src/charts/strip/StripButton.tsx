import { type Block, type DataName, PICTURE_DATA, PLANE_DATA, SEQUENCE_DATA } from "../../config/config.ts";
import { chartTexts } from "../../text/charts.ts";
import type { Column } from "./columns.ts";
import { shortSize } from "./describe.ts";
import { Glyph } from "./Glyph.tsx";
import { type DataKind, InputGlyph, OutputGlyph } from "./InputGlyph.tsx";

interface StripButtonProps {
  readonly column: Column;
  readonly block: Block | undefined;
  readonly dataName: DataName | undefined;
  /** In pixels. */
  readonly width: number;
  readonly isNumbered: boolean;
  readonly isSelected: boolean;
  /** One button of all is in the tab order. */
  readonly isFocusable: boolean;
  readonly label: string;
  readonly onSelect: () => void;
  readonly onPoint: () => void;
  readonly onFocus: (isIn: boolean) => void;
}

/** From this width on there is room for words, and for sizes. */
const WIDE = 76;
const MIDDLING = 36;

/** One part of the network: its picture, its number, its size. */
export function StripButton(props: StripButtonProps) {
  const { column, block, dataName, width, isNumbered, isSelected, isFocusable, label, onSelect, onPoint, onFocus } =
    props;
  const isWide = width >= WIDE;
  return (
    <button
      type="button"
      class={isSelected ? "strip-button is-selected" : "strip-button"}
      aria-pressed={isSelected}
      tabIndex={isFocusable ? 0 : -1}
      onClick={onSelect}
      onPointerEnter={onPoint}
      onFocus={() => onFocus(true)}
      onBlur={() => onFocus(false)}
    >
      {column.part === "input" && <InputGlyph kind={kindOf(dataName)} width={width} />}
      {column.part === "output" && <OutputGlyph outputs={column.outputShape?.at(-1) ?? 1} width={width} />}
      {block !== undefined && <Glyph block={block} width={width} />}
      <span class="chart-spoken">{label}</span>
      <span class="strip-number" aria-hidden="true">
        {isNumbered ? numberOf(column, width) : ""}
      </span>
      {width >= MIDDLING && block !== undefined && (
        <span class="strip-detail" aria-hidden="true">
          {isWide && `${chartTexts.value.kinds[block.kind]} `}
          {shortSize(block)}
        </span>
      )}
    </button>
  );
}

function numberOf({ part }: Column, width: number): string {
  const { input, output } = chartTexts.value;
  if (part === "input") return width < MIDDLING ? "x" : input;
  if (part === "output") return width < MIDDLING ? "ŷ" : output;
  return String(part + 1);
}

function kindOf(name: DataName | undefined): DataKind {
  const isIn = (names: readonly string[]) => name !== undefined && names.includes(name);
  if (isIn(PICTURE_DATA) || name === "pictures") return "pictures";
  if (isIn(SEQUENCE_DATA)) return "sequences";
  return name === undefined || isIn(PLANE_DATA) ? "plane" : "table";
}
