import { formatNumber } from "gradus-parts/text/numbers.ts";
import type { GroupedDifference } from "../state/grouped-differences.ts";
import { type UiTexts, uiTexts } from "../text/ui.ts";
import { ACTIVATION_NAMES, INIT_NAMES, OPTIMIZER_NAMES } from "../text/ui-names.ts";

/** Labels of the fields below the first part of a path. */
function fieldLabel(name: string, { block, training }: UiTexts): string {
  const labels: Readonly<Record<string, string>> = {
    kind: block.kind.label,
    units: block.units.label,
    filters: block.filters.label,
    kernel: block.kernel.label,
    size: block.size.label,
    activation: block.activation.label,
    slope: block.slope.label,
    init: block.init.label,
    std: block.std.label,
    norm: block.norm.label,
    dropout: block.dropout.label,
    skip: block.skip.label,
    learningRate: training.learningRate.label,
    momentum: training.momentum.label,
    threshold: training.threshold.label,
  };
  return labels[name] ?? "";
}

/** "blocks.3.activation" as "layer 4, Activation"; "optimizer.learningRate" as "Learning rate". */
export function placeInWords({ path, layers }: GroupedDifference): string {
  const texts = uiTexts.value;
  const parts = path.split(".");
  const [first = ""] = parts;
  const place =
    layers !== undefined
      ? texts.networks.layers(layers[0] + 1, layers[1] + 1)
      : ((texts.networks.paths as Readonly<Record<string, string>>)[first] ?? first);
  const label = fieldLabel(parts.filter((part) => part !== "type").at(-1) ?? "", texts);
  if (label === "") return place;
  return first === "blocks" || first === "clip" || first === "outputInit" ? `${place}, ${label}` : label;
}

/** A value of a configuration, as its field shows it. */
export function valueInWords(value: unknown): string {
  if (value === undefined || value === null) return "–";
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "boolean") return value ? "✓" : "–";
  if (typeof value === "string") return nameInWords(value);
  if (Array.isArray(value)) return String(value.length);
  const { type, kind } = value as { readonly type?: unknown; readonly kind?: unknown };
  return nameInWords(String(type ?? kind ?? "…"));
}

function nameInWords(name: string): string {
  const { block, training } = uiTexts.value;
  const names: Readonly<Record<string, string>> = {
    ...block.norms,
    ...block.inits,
    ...block.kinds,
    ...training.clips,
    ...training.losses,
    ...training.schedules,
    ...INIT_NAMES,
    ...ACTIVATION_NAMES,
    ...OPTIMIZER_NAMES,
  };
  return names[name] ?? name;
}
