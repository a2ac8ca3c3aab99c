import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { runTexts, type SectionName } from "../../text/run.ts";

interface SectionProps {
  readonly name: SectionName;
  /** Beside the title. */
  readonly tools?: ComponentChildren;
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
}

/** A part of a run's page. */
export function Section({ name, tools, isWide = false, children }: SectionProps) {
  const id = useId();
  return (
    <section class={`panel run-section${isWide ? " is-wide" : ""}`} id={`section-${name}`} aria-labelledby={id}>
      <div class="panel-head">
        <h2 id={id}>{runTexts.value.sections[name]}</h2>
        {tools !== undefined && <div class="panel-tools">{tools}</div>}
      </div>
      {children}
    </section>
  );
}
