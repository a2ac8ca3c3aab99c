import type { ErrorData } from "../lab/protocol.ts";
import { uiTexts } from "../text/ui.ts";

/** An error in the page's language, where it has a sentence for the code; the library's own sentence otherwise. */
export function sentenceOf({ code, message, values }: ErrorData): string {
  return uiTexts.value.errors.byCode[code]?.(values) ?? message;
}

interface ProblemProps {
  readonly title: string;
  readonly error: ErrorData;
}

/** What went wrong, as a sentence beside what caused it. */
export function Problem({ title, error }: ProblemProps) {
  return (
    <div class="problem" role="alert">
      <p>
        <strong>{title}.</strong> {sentenceOf(error)}
      </p>
    </div>
  );
}

interface NoticesProps {
  readonly notices: readonly ErrorData[];
  readonly onDismiss: () => void;
}

/** What was lost or could not be done, until it is dismissed. */
export function Notices({ notices, onDismiss }: NoticesProps) {
  return (
    <div class="problem notices" role="alert">
      <div>
        {notices.map((each) => (
          <p key={each.message}>{sentenceOf(each)}</p>
        ))}
      </div>
      <button type="button" onClick={onDismiss}>
        {uiTexts.value.dismiss}
      </button>
    </div>
  );
}
