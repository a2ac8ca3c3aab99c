import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { runTexts, type SectionName } from "../../text/run.ts";

interface SectionProps {
  readonly name: SectionName;
  /** Beside the title. */
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A part of a run's page. */
export function Section({ name, tools, children }: SectionProps) {
  const id = useId();
  return (
    <section class="panel run-section" id={`section-${name}`} aria-labelledby={id}>
      <div class="panel-head">
        <h2 id={id}>{runTexts.value.sections[name]}</h2>
        {tools !== undefined && <div class="panel-tools">{tools}</div>}
      </div>
      {children}
    </section>
  );
}
