const WIDTH = 100;

const isName = (text: string): boolean => /^[A-Za-z_$][\w$]*$/.test(text);

function printFields(entries: readonly (readonly [string, unknown])[], indent: string): readonly string[] {
  return entries.map(
    ([name, value]) => `${isName(name) ? name : JSON.stringify(name)}: ${print(value, `${indent}  `)}`,
  );
}

/** Plain data as TypeScript: on one line if it fits, else one line per part. Absent fields are left out. */
export function print(value: unknown, indent = ""): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((each) => print(each, `${indent}  `))
    : printFields(
        Object.entries(value).filter(([, each]) => each !== undefined),
        indent,
      );
  const [open, close] = isList ? ["[", "]"] : ["{ ", " }"];
  const line = `${open}${parts.join(", ")}${close}`;
  if (parts.length === 0) return isList ? "[]" : "{}";
  if (indent.length + line.length <= WIDTH && !line.includes("\n")) return line;
  return `${open.trim()}\n${parts.map((part) => `${indent}  ${part},\n`).join("")}${indent}${close.trim()}`;
}
