import type { ExamineEvent } from "../../doctor/examine.ts";
import type { Language } from "../../telling/texts/texts.ts";
import type { Meaning } from "../../watch/log/series.ts";

type Filled = Readonly<Record<string, string | number>>;

/** The texts of the command itself; the diagnosis has its own. */
interface Words {
  readonly phases: Readonly<Record<ExamineEvent["phase"], string>>;
  readonly heldOut: (values: Filled) => string;
  readonly interrupting: (values: Filled) => string;
  readonly interrupted: string;
  readonly nothingKnown: string;
  readonly saved: (values: Filled) => string;
  readonly notSaved: string;
  readonly read: (values: Filled) => string;
  readonly more: (values: Filled) => string;
  readonly ignored: (values: Filled) => string;
  readonly warning: string;
  readonly meanings: Readonly<Record<Meaning["kind"], string>>;
  readonly parts: Readonly<Record<"train" | "validation" | "test", string>>;
  readonly ofLayer: (layer: string) => string;
}

export const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    phases: {
      preflight: "checking before the first step",
      runs: "observing the training",
      rules: "applying the rules",
      prescribe: "choosing remedies",
      trial: "testing a remedy against the baseline",
      done: "done",
    },
    heldOut: ({ count }) =>
      `The experiment has no validation data: ${count} of the training samples (a fifth) are held out.`,
    interrupting: ({ name }) => `${name}: ending the examination (repeat to end at once)`,
    interrupted: "Interrupted. This is what is known so far:",
    nothingKnown: "Interrupted before anything was found.",
    saved: ({ file }) => `saved to ${file}`,
    notSaved: "Not saved: no remedy is proven, so there is no cured experiment.",
    read: ({ file, steps, epochs }) => `${file}: ${steps} steps, ${epochs} epochs`,
    more: ({ count }) => `… and ${count} more (--details shows all)`,
    ignored: ({ names }) => `not recognised: ${names}`,
    warning: "warning",
    meanings: {
      loss: "loss",
      accuracy: "accuracy",
      gradient: "norm of the gradient",
      weight: "norm of the weights",
      update: "norm of the update",
      activation: "outputs",
      zeros: "share of zeros",
      dead: "share of dead units",
      saturated: "share of saturated outputs",
      step: "step number",
      epoch: "epoch number",
      other: "not used by any rule",
    },
    parts: { train: "training", validation: "validation", test: "test" },
    ofLayer: (layer) => `of ${layer}`,
  },
  ko: {
    phases: {
      preflight: "첫 스텝 전 검사 중",
      runs: "훈련 관찰 중",
      rules: "규칙 적용 중",
      prescribe: "처방 선택 중",
      trial: "처방 전후 비교 시험 중",
      done: "완료",
    },
    heldOut: ({ count }) => `실험에 검증 데이터가 없으므로 훈련 샘플의 5분의 1인 ${count}개를 검증용으로 사용합니다.`,
    interrupting: ({ name }) => `${name}: 진단을 마치는 중(한 번 더 누르면 즉시 종료)`,
    interrupted: "중단되었습니다. 지금까지 확인한 내용은 다음과 같습니다.",
    nothingKnown: "확인된 내용이 없는 상태에서 중단되었습니다.",
    saved: ({ file }) => `${file}에 저장했습니다.`,
    notSaved: "효과가 입증된 처방이 없어 실험을 저장하지 않았습니다.",
    read: ({ file, steps, epochs }) => `${file}: ${steps}스텝, ${epochs}에포크`,
    more: ({ count }) => `… 그 밖에 ${count}개(--details로 모두 표시)`,
    ignored: ({ names }) => `해석하지 못한 항목: ${names}`,
    warning: "경고",
    meanings: {
      loss: "손실",
      accuracy: "정확도",
      gradient: "기울기의 노름",
      weight: "가중치의 노름",
      update: "갱신의 노름",
      activation: "출력",
      zeros: "0인 출력의 비율",
      dead: "죽은 유닛의 비율",
      saturated: "포화된 출력의 비율",
      step: "스텝 번호",
      epoch: "에포크 번호",
      other: "사용하는 규칙 없음",
    },
    parts: { train: "훈련", validation: "검증", test: "테스트" },
    ofLayer: (layer) => `(${layer})`,
  },
};

/** `training loss`, `norm of the gradient of layers.3` */
export function describeMeaning(meaning: Meaning, language: Language): string {
  const { meanings, parts, ofLayer } = WORDS[language];
  const name = meanings[meaning.kind];
  if ("part" in meaning) return `${parts[meaning.part]} ${name}`;
  return "layer" in meaning && meaning.layer !== undefined ? `${name} ${ofLayer(meaning.layer)}` : name;
}
