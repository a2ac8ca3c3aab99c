import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Dashboard } from "./dashboard.ts";

/** The page's state, for every view below the app. */
export const DashboardContext = createContext<Dashboard | undefined>(undefined);

export function useDashboard(): Dashboard {
  const dashboard = useContext(DashboardContext);
  if (dashboard === undefined) throw new Error("useDashboard: not below DashboardContext.Provider.");
  return dashboard;
}
