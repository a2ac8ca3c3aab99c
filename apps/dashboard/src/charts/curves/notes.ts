import { formatCount } from "gradus-parts/text/numbers.ts";
import type { ChartWords } from "../words.ts";
import type { CurveSettings, Picture } from "./picture.ts";

/** What a chart does not draw as a line, in words: nothing is left out in silence. */
export function notesOf(
  picture: Picture,
  { ignoresOutliers, isLog }: CurveSettings,
  words: ChartWords,
): readonly string[] {
  const { lines, y, withoutEpochs, withoutTimes, isLoading, hasFailed } = picture;
  const odd = lines.filter(({ oddCount }) => oddCount > 0);
  const oddCount = odd.reduce((sum, line) => sum + line.oddCount, 0);
  const { curves } = words;
  const notes: (string | undefined)[] = [
    hasFailed ? words.failed : undefined,
    odd.length > 0 ? curves.oddValues(formatCount(oddCount), formatCount(odd.length)) : undefined,
    isLog && y.notPositive > 0 ? curves.notPositive(formatCount(y.notPositive)) : undefined,
    ignoresOutliers && y.outliers > 0 ? curves.outliers(formatCount(y.outliers)) : undefined,
    withoutEpochs > 0 ? curves.withoutEpochs(formatCount(withoutEpochs)) : undefined,
    withoutTimes > 0 ? curves.withoutTimes(formatCount(withoutTimes)) : undefined,
    lines.length === 0 && isLoading ? words.loading : undefined,
    lines.length === 0 && !isLoading && !hasFailed && withoutEpochs + withoutTimes === 0 ? words.nothing : undefined,
  ];
  return notes.filter((note) => note !== undefined);
}
