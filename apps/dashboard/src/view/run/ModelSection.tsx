import type { Json, RunDetail } from "gradus/dashboard-protocol";
import { harmless } from "gradus-parts/text/harmless.ts";
import { runTexts } from "../../text/run.ts";
import { DataTable } from "./DataTable.tsx";
import { flatten } from "./flatten.ts";
import { Section } from "./Section.tsx";

/** The model's layers in order, with their fields. */
export function ModelSection({ detail }: { readonly detail: RunDetail }) {
  const texts = runTexts.value;
  const { layers } = detail.summary;
  if (layers.length === 0) return null;
  return (
    <Section name="model">
      <DataTable
        name={texts.sections.model}
        titles={[texts.model.path, texts.model.type, texts.model.fields]}
        rows={layers.map(({ path, type }) => [
          <code key="path">{harmless(path)}</code>,
          harmless(type),
          fieldsOf(detail.model, path)
            .map(({ path: field, text }) => harmless(`${field} ${text}`))
            .join(" · "),
        ])}
      />
    </Section>
  );
}

/** The fields of the layer at a path of the model ("layers.3"), but its type and the layers inside. */
function fieldsOf(model: Json, path: string) {
  const found = at(model, path) ?? at(model, `layers.${path}`);
  if (typeof found !== "object" || found === null || Array.isArray(found)) return [];
  const { type: _, layers: __, ...fields } = found as Readonly<Record<string, Json>>;
  return flatten(fields);
}

function at(value: Json, path: string): Json | undefined {
  let found: Json | undefined = value;
  for (const part of path.split(".")) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, part)) return undefined;
    found = (found as Readonly<Record<string, Json>>)[part];
  }
  return found;
}
