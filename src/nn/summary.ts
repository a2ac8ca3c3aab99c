import { largest } from "../core/extremes.ts";
import type { Shape } from "../core/shape.ts";
import { type BuiltLayer, walkLayers } from "./build.ts";
import { type Field, formatValue } from "./fields.ts";
import type { InitInput } from "./init/init.ts";

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function withBatch(shape: Shape): string {
  return `(${["N", ...shape].join(", ")}${shape.length === 0 ? "," : ""})`;
}

/** Number of elements of all arrays. */
export function elementCount(arrays: Readonly<Record<string, { readonly shape: Shape }>>): number {
  return Object.values(arrays).reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

/** An initialiser as its name; other values as JSON. */
function fieldText(value: unknown): string {
  const type = (value as InitInput as { readonly type?: unknown } | null)?.type;
  return typeof type === "string" ? type : typeof value === "string" ? value : formatValue(value);
}

/** `linear(units=512, bias=false)`: required fields, and others that differ from the default. An activation shows
 *  all its fields, because libraries disagree about their defaults. */
function describe({ config, rule }: BuiltLayer): string {
  const fields = Object.entries(rule.fields as Readonly<Record<string, Field<unknown>>>).flatMap(([name, field]) => {
    const value = (config as Readonly<Record<string, unknown>>)[name];
    const initial = field.fallback !== undefined && field.expand ? field.expand(field.fallback, name) : field.fallback;
    const isDefault = JSON.stringify(value) === JSON.stringify(initial);
    if (name === rule.contains || value === undefined || (isDefault && !rule.activation)) return [];
    return [`${name}=${fieldText(value)}`];
  });
  return fields.length === 0 ? config.type : `${config.type}(${fields.join(", ")})`;
}

/** A model as a table: each layer with its output shape and number of parameters, then the totals. */
export function summarize(layers: readonly BuiltLayer[], inputShape: Shape): string {
  const all = [...walkLayers(layers)];
  const rows = all.map((layer) => {
    const depth = layer.path.split(".").length - 1;
    return [
      `${"  ".repeat(depth)}${layer.path}  ${describe(layer)}`,
      withBatch(layer.outputShape),
      count(elementCount(layer.parameters)),
    ];
  });
  const table = [["layer", "output shape", "parameters"], ["input", withBatch(inputShape), ""], ...rows];
  const widths = [0, 1, 2].map((column) => largest(table.map((row) => (row[column] as string).length)));
  const [first, second, third] = widths as [number, number, number];
  const lines = table.map(([name, shape, parameters]) =>
    `${name?.padEnd(first)}  ${shape?.padEnd(second)}  ${parameters?.padStart(third)}`.trimEnd(),
  );
  const rule = "-".repeat(first + second + third + 4);
  const parameters = all.reduce((sum, layer) => sum + elementCount(layer.parameters), 0);
  const buffers = all.reduce((sum, layer) => sum + elementCount(layer.buffers), 0);
  const sums = [`${count(parameters)} parameters`, ...(buffers > 0 ? [`${count(buffers)} running values`] : [])];
  return [lines[0], rule, ...lines.slice(1), rule, sums.join(", ")].join("\n");
}
