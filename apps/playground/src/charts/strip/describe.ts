import { formatCount, formatPercent } from "gradus-parts/text/numbers.ts";
import type { Block } from "../../config/config.ts";
import type { ChartTexts } from "../../text/charts-texts.ts";
import { ACTIVATION_NAMES } from "../../text/ui-names.ts";
import type { Part } from "./columns.ts";

/** "Layer 7", "Input", "Output". */
export function namePart(part: Part, texts: ChartTexts): string {
  if (part === "input") return texts.input;
  if (part === "output") return texts.output;
  return texts.layer(String(part + 1));
}

/** "dense, 100 units, sigmoid, dropout 20%". */
export function describeBlock(block: Block, texts: ChartTexts): string {
  const parts = [texts.kinds[block.kind], sizeOf(block, texts)];
  if ("activation" in block) {
    parts.push(ACTIVATION_NAMES[block.activation]);
    if (block.norm !== "none") parts.push(texts.norms[block.norm]);
  }
  if ("dropout" in block && block.dropout > 0) parts.push(texts.dropout(formatPercent(block.dropout)));
  if ("skip" in block && block.skip) parts.push(texts.skip);
  return parts.filter((part) => part !== "").join(", ");
}

function sizeOf(block: Block, texts: ChartTexts): string {
  switch (block.kind) {
    case "conv":
      return texts.filters(formatCount(block.filters), String(block.kernel));
    case "maxPool":
    case "avgPool":
      return texts.window(String(block.size));
    case "globalAvgPool":
      return "";
    default:
      return texts.units(formatCount(block.units));
  }
}

/** The least that says how large a block is: "100", "16", "2×2". */
export function shortSize(block: Block): string {
  switch (block.kind) {
    case "conv":
      return String(block.filters);
    case "maxPool":
    case "avgPool":
      return `${block.size}×${block.size}`;
    case "globalAvgPool":
      return "";
    default:
      return String(block.units);
  }
}
