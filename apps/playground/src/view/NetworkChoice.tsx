import { Segmented } from "gradus-parts/fields/Segmented.tsx";
import type { NetworkIndex } from "../state/store.ts";
import { uiTexts } from "../text/ui.ts";
import { NETWORK_NAMES } from "../text/ui-names.ts";
import { usePlayground } from "./context.ts";

/** Which of two networks the panel is about: the selected one. Nothing where there is one. */
export function NetworkChoice() {
  const { actions, store } = usePlayground();
  if (store.config.value.networks.length < 2) return null;
  const { network } = store.selection.value;
  return (
    <Segmented
      label={uiTexts.value.networks.title}
      value={NETWORK_NAMES[network]}
      options={NETWORK_NAMES}
      nameOf={(name) => name}
      titleOf={(name) => uiTexts.value.network(name)}
      onChange={(name) =>
        actions.select({ ...store.selection.peek(), network: NETWORK_NAMES.indexOf(name) as NetworkIndex })
      }
    />
  );
}
