/** A Python call in text: `StepLR(step_size=7,gamma=.5)`. */
export interface PythonCall {
  readonly name: string;
  readonly positional: readonly PythonValue[];
  readonly named: Readonly<Record<string, PythonValue>>;
}

export type PythonValue = number | string | readonly PythonValue[];

/** Parses a call; a name without brackets is a call without arguments, and text after the brackets is ignored.
 *  Values are numbers (`.5`, `1/3`), lists of them, and bare words. */
export function parseCall(text: string): PythonCall {
  const [, name = text, inner = ""] = /^\s*([\w.]+)\s*(?:\((.*)\))?/.exec(text) ?? [];
  const positional: PythonValue[] = [];
  const named: Record<string, PythonValue> = {};
  for (const argument of splitTopLevel(inner)) {
    const [, key, value] = /^(\w+)\s*=\s*(.*)$/.exec(argument) ?? [];
    if (key !== undefined && value !== undefined) named[key] = parseValue(value);
    else positional.push(parseValue(argument));
  }
  return { name, positional, named };
}

/** Splits at the commas outside brackets. */
function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const letter of text) {
    if (letter === "[" || letter === "(") depth++;
    if (letter === "]" || letter === ")") depth--;
    if (letter === "," && depth === 0) {
      parts.push(part.trim());
      part = "";
    } else {
      part += letter;
    }
  }
  return part.trim() === "" ? parts : [...parts, part.trim()];
}

function parseValue(text: string): PythonValue {
  if (text.startsWith("[")) return splitTopLevel(text.slice(1, -1)).map(parseValue);
  const [, above, below] = /^([-\d.eE+]+)\/([-\d.eE+]+)$/.exec(text) ?? [];
  if (above !== undefined && below !== undefined) return Number(above) / Number(below);
  return Number.isNaN(Number(text)) ? text.replaceAll(/["']/g, "") : Number(text);
}
