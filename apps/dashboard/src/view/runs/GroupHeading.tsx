import { formatCount } from "gradus-parts/text/numbers.ts";
import { uiTexts } from "../../text/ui.ts";
import { settingText } from "../setting-text.ts";
import type { RunGroup } from "./group.ts";
import type { RunActionsRef } from "./run-actions.ts";

interface GroupHeadingProps {
  readonly group: RunGroup;
  readonly path: string;
  readonly top: number;
  readonly index: number;
  readonly isSelected: boolean;
  readonly actions: RunActionsRef;
}

/** What the runs below have in common, and a box that selects all of them. */
export function GroupHeading({ group, path, top, index, isSelected, actions }: GroupHeadingProps) {
  const { runs: texts } = uiTexts.value;
  const value = group.value === undefined ? texts.without : settingText(group.value);
  const name = path.slice(path.lastIndexOf(".") + 1);
  return (
    <tr class="group-heading" aria-rowindex={index} style={{ top: `${top}px` }}>
      <td class="run-check">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={isSelected}
          aria-label={texts.show(`${path} ${value}`)}
          onChange={({ currentTarget }) =>
            actions.current?.onSelect(
              group.runs.map(({ id }) => id),
              currentTarget.checked,
            )
          }
        />
      </td>
      <th scope="row" class="group-name" title={`${path}: ${value}`}>
        <span class="about">{name}</span> <bdi>{value}</bdi>
      </th>
      <td class="about">{formatCount(group.runs.length)}</td>
    </tr>
  );
}
