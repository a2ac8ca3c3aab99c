import { ChartFrame } from "gradus-parts/base/ChartFrame.tsx";
import { useVersion } from "gradus-parts/base/use-version.ts";
import { formatCount, formatPercent } from "gradus-parts/text/numbers.ts";
import { useEffect, useRef } from "preact/hooks";
import type { WrongPicture } from "../lab/protocol.ts";
import { chartTexts } from "../text/charts.ts";
import { pictureImage } from "./grids/picture-image.ts";
import "./grids/grids.css";

export interface PictureGridProps {
  /** The most confident errors first. */
  readonly wrong: readonly WrongPicture[];
  readonly classNames?: readonly string[] | undefined;
}

/** Test pictures that the network got wrong: what they are, what they were taken for, and how surely. */
export function PictureGrid({ wrong, classNames }: PictureGridProps) {
  const texts = chartTexts.value.pictures;
  const version = useVersion(wrong);
  const nameOf = (label: number) => classNames?.[label] ?? String(label);
  return (
    <ChartFrame
      tableTitle={chartTexts.value.table}
      kind="pictures"
      name={texts.name}
      versions={[version]}
      summary={() => (wrong.length === 0 ? texts.none : texts.wrong(formatCount(wrong.length)))}
      table={() => ({
        titles: [chartTexts.value.number, texts.label, texts.predicted, texts.probability],
        rows: wrong.map(({ label, predicted, probability }, index) => [
          formatCount(index + 1),
          nameOf(label),
          nameOf(predicted),
          formatPercent(probability),
        ]),
      })}
    >
      <ul class="picture-grid">
        {wrong.map((picture, index) => (
          <li key={index}>
            <Picture
              picture={picture}
              label={texts.spoken(nameOf(picture.label), nameOf(picture.predicted), formatPercent(picture.probability))}
            />
            <span>{texts.caption(nameOf(picture.label), nameOf(picture.predicted))}</span>
            <span class="picture-probability">{formatPercent(picture.probability)}</span>
          </li>
        ))}
      </ul>
    </ChartFrame>
  );
}

function Picture({ picture, label }: { readonly picture: WrongPicture; readonly label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [, height = 1, width = 1] = picture.shape;
  useEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(pictureImage(picture), 0, 0);
  }, [picture]);
  return (
    <canvas ref={canvas} class="picture" width={width} height={height} role="img" aria-label={label} title={label} />
  );
}
