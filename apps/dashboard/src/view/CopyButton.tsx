import { useSignal } from "@preact/signals";
import { uiTexts } from "../text/ui.ts";
import { say } from "./Announcer.tsx";

interface CopyButtonProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly text: () => string;
  readonly onFailed?: (() => void) | undefined;
}

/** Copies a text, and says for two seconds that it did. */
export function CopyButton({ label, hint, text, onFailed }: CopyButtonProps) {
  const isCopied = useSignal(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      onFailed?.();
      return;
    }
    isCopied.value = true;
    say(uiTexts.value.copied);
    setTimeout(() => {
      isCopied.value = false;
    }, 2000);
  };
  return (
    <button type="button" class="share" title={hint} onClick={copy}>
      {/* both texts take their room, so that the button keeps its width */}
      <span class={isCopied.value ? "is-hidden" : ""}>{label}</span>
      <span class={isCopied.value ? "" : "is-hidden"} aria-hidden={!isCopied.value}>
        ✓
      </span>
    </button>
  );
}
