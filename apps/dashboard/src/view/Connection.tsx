import { useDashboard } from "../state/context.ts";
import { uiTexts } from "../text/ui.ts";

/** Whether the page is told what is new. */
export function Connection() {
  const { connection } = useDashboard().store;
  const { label, hint } = uiTexts.value.connection[connection.value];
  return (
    <span class={`connection is-${connection.value}`} title={hint}>
      <span class="connection-dot" aria-hidden="true" />
      {label}
    </span>
  );
}
