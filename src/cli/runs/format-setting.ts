import type { Setting } from "../../runs/flat-settings.ts";

/** A setting as it is written in `--optimizer.type adam`: text without quotes, all else as JSON; "" if the run does not have it. */
export function formatSetting(value: Setting | undefined): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
