import type { ChartWords } from "../charts/words.ts";

export const CHARTS_KO: ChartWords = {
  table: "표",
  run: "실행",
  step: "스텝",
  epoch: "에폭",
  time: "시간",
  last: "마지막",
  least: "최소",
  most: "최대",
  notFinite: "유한하지 않음",
  loading: "불러오는 중 …",
  nothing: "선택한 실행에 이 측정값이 없습니다.",
  failed: "서버가 이 값을 읽지 못했습니다.",
  curves: {
    keys: "화살표로 커서를 옮기고, 더하기와 빼기로 확대하고, Esc로 전체를 봅니다",
    summary: (measure, runs, from, to) =>
      from === to
        ? `${measure}, 실행 ${runs}개. 마지막 값 ${from}.`
        : `${measure}, 실행 ${runs}개. 마지막 값 ${from}에서 ${to}.`,
    between: (low, high) => (low === high ? low : `${low}에서 ${high}`),
    more: (count) => `${count}개 더`,
    median: (runs) => `${runs}개의 중앙값`,
    oddValues: (count, runs) => `유한하지 않은 값 ${count}개 (실행 ${runs}개)`,
    notPositive: (count) => `0 이하라 로그 눈금에 없는 값 ${count}개`,
    outliers: (count) => `축 밖에 있는 값 ${count}개`,
    withoutEpochs: (runs) => `에폭 기록이 없는 실행 ${runs}개`,
    withoutTimes: (runs) => `시간 기록이 없는 실행 ${runs}개`,
  },
  heat: {
    layer: "층",
    keys: "화살표로 다른 층과 스텝으로 옮깁니다",
    summary: (measure, step, low, high) => `스텝 ${step}에서 모든 층의 ${measure}: ${low}에서 ${high}.`,
    value: "값",
    share: "비율",
    none: "값 없음",
  },
  histograms: {
    name: (layer) => `시간에 따른 ${layer}의 활성값`,
    keys: "화살표로 다른 스텝과 값으로 옮깁니다",
    summary: (step, low, high) => `스텝 ${step}: 활성값 ${low}에서 ${high}.`,
    bin: (low, high, share) => `${low}에서 ${high}: ${share}`,
    least: "최소",
    most: "최대",
    median: "중앙값",
  },
};
