import { useDashboard } from "../state/context.ts";
import { uiTexts } from "../text/ui.ts";
import { codeOf, Problem } from "./Problem.tsx";

/** That the server is gone, and what it refused. */
export function Notices() {
  const { store, actions } = useDashboard();
  const isLost = store.connection.value === "lost";
  const problem = store.problem.value;
  return (
    // it floats, so that nothing moves when the connection comes and goes
    <div class="notices">
      {isLost && (
        <div class="problem" role="status">
          <p>{uiTexts.value.connection.gone}</p>
        </div>
      )}
      {problem !== undefined && !(isLost && codeOf(problem) === "no-connection") && (
        <Problem error={problem} onDismiss={actions.dismiss} />
      )}
    </div>
  );
}
