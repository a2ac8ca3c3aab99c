import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { NetworkIndex } from "../state/store.ts";
import { uiTexts } from "../text/ui.ts";
import { NETWORK_NAMES } from "../text/ui-names.ts";
import { usePlayground } from "./context.ts";
import type { ExportName } from "./exports.ts";
import { Icon } from "./Icon.tsx";
import { NetworkChoice } from "./NetworkChoice.tsx";

/** What can be taken away, in the order of its use. */
const EXPORTS: readonly ExportName[] = ["experiment", "typescript", "checkpoint", "csv", "png"];

/** Files of the configuration, the trained weights and the curves. */
export function ExportMenu() {
  const playground = usePlayground();
  const { store, actions } = playground;
  const { header, exports: texts, network: nameOf } = uiTexts.value;
  const isOpen = useSignal(false);
  const ref = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const onPointer = ({ target }: PointerEvent) => {
      if (target instanceof Node && ref.current?.contains(target) === false) isOpen.value = false;
    };
    document.addEventListener("pointerdown", onPointer);
    return () => document.removeEventListener("pointerdown", onPointer);
  }, []);
  const network: NetworkIndex = store.selection.value.network;
  const isPair = store.config.value.networks.length === 2;
  const run = async (name: ExportName) => {
    isOpen.value = false;
    button.current?.focus();
    const { exportFile } = await import("./exports.ts");
    try {
      await exportFile(name, playground, network);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      actions.notify({ code: "export-failed", message: texts.failed(reason), values: { reason } });
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes from anywhere within
    <div
      class="menu"
      ref={ref}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen.value) return;
        event.stopPropagation();
        isOpen.value = false;
        button.current?.focus();
      }}
    >
      <button
        ref={button}
        type="button"
        aria-expanded={isOpen.value}
        aria-controls="export-list"
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        {header.export}
        <Icon name="down" />
      </button>
      {isOpen.value && (
        <div class="menu-list" id="export-list">
          {isPair && (
            <div class="menu-network">
              <span>{nameOf(NETWORK_NAMES[network])}</span> <NetworkChoice />
            </div>
          )}
          {EXPORTS.map((name) => (
            <button key={name} type="button" onClick={() => run(name)}>
              <span>{texts[name].label}</span>
              <span>{texts[name].hint}</span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
