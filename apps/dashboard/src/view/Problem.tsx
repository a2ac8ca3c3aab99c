import { harmless } from "gradus-parts/text/harmless.ts";
import { uiTexts } from "../text/ui.ts";

/** An error in the page's language where it has a sentence for the code, else in the server's words. */
export function sentenceOf(error: Error): string {
  const { byCode } = uiTexts.value.errors;
  const code = codeOf(error);
  return (code !== undefined && Object.hasOwn(byCode, code) ? byCode[code] : undefined) ?? harmless(error.message);
}

/** The code of an error of the server. */
export function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

interface ProblemProps {
  readonly error: Error;
  readonly onDismiss?: () => void;
}

/** What went wrong: a sentence and its code. */
export function Problem({ error, onDismiss }: ProblemProps) {
  const { errors, dismiss } = uiTexts.value;
  const code = codeOf(error);
  return (
    <div class="problem" role="alert">
      <p>
        {sentenceOf(error)} {code !== undefined && <span class="about">{errors.code(harmless(code))}</span>}
      </p>
      {onDismiss !== undefined && (
        <button type="button" onClick={onDismiss}>
          {dismiss}
        </button>
      )}
    </div>
  );
}
