import type { RunStatus } from "../../runs/types.ts";
import type { Language } from "../../telling/texts/texts.ts";
import { formatDuration } from "../../train/progress.ts";

type Filled = Readonly<Record<string, string | number>>;

/** The texts of `gradus watch`; findings have their own. */
interface Words {
  readonly status: Readonly<Record<RunStatus, string>>;
  readonly epoch: (values: Filled) => string;
  readonly step: (values: Filled) => string;
  readonly left: (values: Filled) => string;
  readonly samplesPerSecond: (values: Filled) => string;
  readonly learningRate: (values: Filled) => string;
  readonly trained: (values: Filled) => string;
  readonly checkpoint: (values: Filled) => string;
  readonly still: (values: Filled) => string;
  readonly notStarted: string;
  readonly loss: string;
  readonly ofParts: Readonly<Record<"train" | "validation", string>>;
  readonly ofMetrics: Readonly<Record<string, string>>;
  readonly rate: string;
  readonly gradientNorm: string;
  readonly layers: string;
  readonly log: string;
  readonly best: (values: Filled) => string;
  readonly odd: (values: Filled) => string;
  readonly findings: string;
  readonly noFindings: string;
  readonly finding: string;
  readonly warning: string;
  readonly others: (values: Filled) => string;
  readonly saved: (values: Filled) => string;
  readonly resumed: (values: Filled) => string;
  readonly ended: (values: Filled) => string;
  readonly duration: (ms: number) => string;
}

export const WATCH_WORDS: Readonly<Record<Language, Words>> = {
  en: {
    status: {
      running: "running",
      finished: "finished",
      stopped: "stopped",
      failed: "failed",
      killed: "killed",
      unknown: "unknown",
    },
    epoch: ({ done, planned }) => `epoch ${done}/${planned}`,
    step: ({ done, planned }) => `step ${done}/${planned}`,
    left: ({ time }) => `${time} left`,
    samplesPerSecond: ({ count }) => `${count} samples/s`,
    learningRate: ({ rate }) => `rate ${rate}`,
    trained: ({ time }) => `trained for ${time}`,
    checkpoint: ({ step }) => `checkpoint at step ${step}`,
    still: ({ time }) => `no step for ${time}`,
    notStarted: "no step yet",
    loss: "loss of each step",
    ofParts: { train: "training", validation: "validation" },
    ofMetrics: { loss: "loss", accuracy: "accuracy" },
    rate: "learning rate",
    gradientNorm: "norm of the gradient",
    layers: "norm of the gradient by layer",
    log: "log scale",
    best: ({ value, epoch }) => `best ${value} in epoch ${epoch}`,
    odd: ({ count }) => `× ${count} NaN or infinite`,
    findings: "findings",
    noFindings: "no findings so far",
    finding: "finding",
    warning: "warning",
    others: ({ count }) => `and ${count} more`,
    saved: ({ step, file }) => `checkpoint at step ${step}: ${file}`,
    resumed: ({ step }) => `resumed at step ${step}`,
    ended: ({ status, epoch, step }) => `${status} (epoch ${epoch}, step ${step})`,
    duration: formatDuration,
  },
  ko: {
    status: {
      running: "실행 중",
      finished: "완료",
      stopped: "중지됨",
      failed: "실패",
      killed: "강제 종료됨",
      unknown: "알 수 없음",
    },
    epoch: ({ done, planned }) => `에포크 ${done}/${planned}`,
    step: ({ done, planned }) => `스텝 ${done}/${planned}`,
    left: ({ time }) => `${time} 남음`,
    samplesPerSecond: ({ count }) => `초당 샘플 ${count}개`,
    learningRate: ({ rate }) => `학습률 ${rate}`,
    trained: ({ time }) => `훈련 시간 ${time}`,
    checkpoint: ({ step }) => `체크포인트: 스텝 ${step}`,
    still: ({ time }) => `${time} 동안 스텝 없음`,
    notStarted: "아직 스텝이 없습니다",
    loss: "스텝별 손실",
    ofParts: { train: "훈련", validation: "검증" },
    ofMetrics: { loss: "손실", accuracy: "정확도" },
    rate: "학습률",
    gradientNorm: "기울기의 노름",
    layers: "층별 기울기의 노름",
    log: "로그 눈금",
    best: ({ value, epoch }) => `최고 ${value}(에포크 ${epoch})`,
    odd: ({ count }) => `× NaN 또는 무한대 ${count}개`,
    findings: "진단 소견",
    noFindings: "지금까지 소견 없음",
    finding: "소견",
    warning: "경고",
    others: ({ count }) => `그 밖에 ${count}개`,
    saved: ({ step, file }) => `스텝 ${step}의 체크포인트: ${file}`,
    resumed: ({ step }) => `스텝 ${step}에서 재개`,
    ended: ({ status, epoch, step }) => `${status}(에포크 ${epoch}, 스텝 ${step})`,
    // the same numbers with other units
    duration: (ms) => formatDuration(ms).replace(" h", "시간").replace(" min", "분").replace(" s", "초"),
  },
};

/** `validation/accuracy` in a language; names that are not known stay as they are. */
export function metricWords(name: string, language: Language): string {
  const { ofParts, ofMetrics } = WATCH_WORDS[language];
  const [part = "", ...rest] = name.split("/");
  const metric = rest.join("/");
  if (part !== "train" && part !== "validation") return name;
  return `${ofParts[part]} ${Object.hasOwn(ofMetrics, metric) ? ofMetrics[metric] : metric}`;
}
