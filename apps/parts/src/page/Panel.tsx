import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface PanelProps {
  readonly title: string;
  /** Its place in the layout: a class of layout.css. */
  readonly area: string;
  /** Beside the title. */
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A named part of the page. Its class gives it its height before it has content, so that nothing moves. */
export function Panel({ title, area, tools, children }: PanelProps) {
  const id = useId();
  return (
    <section class={`panel ${area}`} aria-labelledby={id}>
      <div class="panel-head">
        <h2 id={id}>{title}</h2>
        {tools !== undefined && <div class="panel-tools">{tools}</div>}
      </div>
      {children}
    </section>
  );
}
