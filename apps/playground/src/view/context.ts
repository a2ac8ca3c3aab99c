import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Playground } from "../state/playground.ts";

/** The page's state, for every view below the app. */
export const PlaygroundContext = createContext<Playground | undefined>(undefined);

export function usePlayground(): Playground {
  const playground = useContext(PlaygroundContext);
  if (playground === undefined) throw new Error("usePlayground: not below PlaygroundContext.Provider.");
  return playground;
}
