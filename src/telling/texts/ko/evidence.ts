import type { Texts } from "../texts.ts";

/** 측정값과 기준값을 담은 문장. The gaps are those of the English sentences. */
export const evidence = {
  "output-activation":
    "마지막 층의 활성화 함수는 {activation}입니다.[ 손실 함수 {loss}에는 {expected|이/가} 맞습니다.][ 목푯값의 {value%}가 이 활성화 함수의 출력 범위를 벗어납니다(기준 {threshold%}).]",
  "output-units":
    "신경망이 샘플마다 값을 {units}개만 출력합니다[({activation})]. 이 출력으로는 클래스를 구별할 수 없으며, 모든 샘플에 같은 답을 냅니다.",
  "loss-for-task": "손실 함수가 {loss}입니다.[ 이 과제({task})에는 {expected|이/가} 맞습니다.]",
  "input-scale":
    "입력값의 크기가 적절하지 않습니다. 대표적인 크기가 {value}입니다[({feature}번 특성이 가장 큼)].[ 값의 범위는 {low}에서 {high}까지입니다.][ 1 정도가 적당합니다(기준 {threshold}).]",
  "input-spread":
    "입력 특성마다 크기가 다릅니다. 가장 큰 특성[({feature}번)]이 크기가 중간인 특성의 {value}배입니다[(기준 {threshold}배)].",
  "input-variation":
    "입력값의 변동이 값 크기의 {value%}에 불과합니다[(기준 {threshold%})].[ 값의 범위는 {low}에서 {high}까지입니다.]",
  "input-not-finite": "입력값의 {value%}가 무한대이거나 NaN입니다[(값 {count#}개)].",
  "input-constant": "입력 특성의 {value%}는 모든 샘플에서 값이 같아 아무 정보도 담고 있지 않습니다.",
  "target-scale":
    "목푯값의 크기가 적절하지 않습니다. 대표적인 크기가 {value}입니다.[ 값의 범위는 {low}에서 {high}까지입니다.][ 1 정도가 적당합니다(기준 {threshold}).]",
  "target-not-finite": "무한대이거나 NaN인 목푯값이[ {count#}개] 있습니다.",
  "labels-out-of-range":
    "레이블의 범위가 {low}에서 {high}까지입니다.[ 그런데 신경망의 클래스는 0부터 세어 {classes#}개입니다.]",
  "one-class": "샘플의 {value%}가 같은 레이블이어서 구별할 것이 없습니다.",
  "class-missing": "[전체 {classes#}개 중 ]{value#}개 클래스가 훈련 샘플에 한 번도 나오지 않습니다.",
  "class-imbalance":
    "샘플의 {value%}가 한 클래스에 속합니다[(기준 {threshold%})]. 항상 그 클래스로 예측하기만 해도 점수가 높게 나옵니다.",
  "labels-not-integers": "레이블은 클래스를 나타내는 정수여야 하는데 그렇지 않습니다.",
  "labels-contradict": "입력이 똑같은 샘플 중 {value%}의 레이블이 서로 다릅니다[(기준 {threshold%})].",
  "labels-unlearnable":
    "단순한 학습기도 이 데이터에서 {value@}에 그칩니다[(단순 추측은 {chance@})]. 입력에 레이블에 대한 정보가 거의 없습니다.",
  "initial-deviation":
    "초기 가중치의 표준편차가 알맞은 값의 {value}배입니다[(기준 {threshold}배)].[ 입력이 {fanIn#}개이고 활성화 함수가 {activation}일 때는 {expected} 정도가 알맞습니다.]",
  "initial-constant": "이 층의 모든 가중치가 같은 값[({value})]에서 시작합니다.",
  "initial-twins":
    "이 층의 유닛 중 {value%}가 다른 유닛과 똑같은 가중치로 시작하여 끝까지 똑같은 상태로 남습니다[(기준 {threshold%})].",
  "initial-bias": "편향의 초깃값이 평균 {value}입니다[(기준 {threshold})]. 보통은 0입니다.",
  "initial-dead": "첫 스텝 전에 이미 이 층의 유닛 중 {value%}가 모든 샘플에서 0을 출력합니다[(기준 {threshold%})].",
  "initial-saturated":
    "첫 스텝 전에 이미 이 층 출력의 {value%}가 활성화 함수의 포화 구간에 있습니다[(기준 {threshold%})].",
  "initial-signal":
    "훈련 전, 신호의 세기가 첫 은닉층에서 마지막 은닉층까지 지나는 동안 {value}배로 변합니다[({first}에서 {last|으로/로})]. 1배 정도가 적당합니다[(기준 {threshold}배)].",
  "initial-distinct":
    "훈련 전, 가장 깊은 층의 출력이 어떤 입력에서든 거의 같습니다. 신호 중 샘플에 따라 달라지는 부분은 {value%}뿐입니다[(기준 {threshold%})].",
  "initial-gradient-ratio":
    "훈련 전, 가장 낮은 층의 기울기[({first})]가 가장 높은 층의 기울기[({last})]의 {value}배입니다[(기준 {threshold}배)].",
  "initial-loss":
    "손실이 {value}에서 시작합니다[(기준 {threshold})].[ 훈련하지 않은 신경망이라면 {expected} 근처에서 시작해야 합니다.]",
  "learning-rate-range": "학습률이 {value}입니다.[ {optimizer}에는 보통 {low}에서 {high} 사이가 알맞습니다.]",
  "hidden-activation":
    "은닉층 {value#}개가 {activation|을/를} 사용합니다. 이 활성화 함수를 지나면 기울기의 크기가 유지되지 않습니다.[ 이 층들을 모두 지나면 기울기가 {factor}배가 됩니다(기준 {limit}배).]",
  "regularizer-strength": "훈련을 시작할 때 가중치 규제 항이 손실의 {value}배입니다[(기준 {threshold}배)].",
  "dropout-rate": "훈련 중에 값의 {value%}를 버립니다[(기준 {threshold%})]. 남는 값이 너무 적어 학습할 수 없습니다.",
  "batch-size": "[샘플이 {samples#}개인데 ]배치 크기가 {value#}입니다[(기준 {threshold#})].",
  "one-batch":
    "신경망이 배치 하나조차 외우지 못합니다. [{steps#}스텝을 훈련한 뒤 ]손실이[ {before}에서] {value|이/가} 되었습니다[(기준 {threshold})].",
  "gradient-ratio":
    "가중치 크기에 대한 비율로 보면, 가장 낮은 층의 기울기[(노름 {first})]가 가장 높은 층의 기울기[(노름 {last})]의 {value}배입니다[(기준 {threshold}배)]. 1배 정도가 적당합니다.",
  "gradient-norm":
    "전체 기울기의 노름이 {value}입니다[(기준 {threshold})].[ 이 실행에서 일반적인 값은 {median}입니다.]",
  "gradient-through-time":
    "[시간 단계 {steps#}개 중 ]첫 시간 단계의 기울기가 마지막 단계의 {value}배입니다[(기준 {threshold}배)]. 1배 정도가 적당합니다.",
  "gradient-growth": "기울기가 처음[({usual})]의 {value}배[({largest})]로 커졌습니다[(기준 {threshold}배)].",
  "update-ratio":
    "스텝마다 가중치가 그 크기의 {value%}만큼 바뀝니다[(기준 {threshold%})]. 보통은 0.1% 정도입니다.[ {steps#}스텝을 모두 합하면 최대 {reach%}까지 움직일 수 있습니다.]",
  "dead-share":
    "이 층의 유닛 중 {value%}가 모든 샘플에서 0을 출력하여 아무것도 학습하지 못합니다[(기준 {threshold%})].",
  "zero-share": "이 층 출력의 {value%}가 정확히 0입니다[(기준 {threshold%})].",
  "saturated-share":
    "이 층 출력의 {value%}가 활성화 함수의 포화 구간에 있어 기울기가 거의 전달되지 않습니다[(기준 {threshold%})].",
  "distinct-share":
    "[{layer}번 층의 ]출력이 어떤 입력에서든 거의 같습니다. 샘플에 따라 달라지는 부분은 {value%}뿐입니다[(기준 {threshold%})].",
  "not-finite": "[{step#}번째 스텝에서 ]무한대 또는 NaN이 나왔습니다[({tensor})].",
  "loss-growth": "손실이 처음의 {value}배로 커졌습니다[(기준 {threshold}배)].",
  "loss-fall": "훈련 전체에서 훈련 손실이 {value%} 줄었습니다[(기준 {threshold%})].",
  "few-steps":
    "한 스텝의 크기는 보통이지만 스텝이 {value#}번뿐입니다.[ 적어도 {threshold#}번은 필요합니다.][ 모두 합해도 가중치가 {reach%}만 움직일 수 있습니다.]",
  "loss-still-falling":
    "훈련이 끝날 때에도 훈련 손실이 계속 줄고 있었습니다. 전체 감소량의 {value%}가 마지막 구간에서 나왔습니다[(기준 {threshold%})].",
  "loss-swing": "손실이 에포크마다 그 크기의 {value%}만큼 오르내립니다[(기준 {threshold%})].",
  "score-swing":
    "처음 보는 샘플에 대한 점수가 에포크마다 {value@}씩 요동칩니다[(기준 {threshold@})].[ 전체 에포크의 {share%}에서 그렇습니다.]",
  "score-against-attainable":
    "처음 보는 샘플에서 신경망의 점수[({metric})]는 {value@}이지만, 단순한 학습기[({learner})]는 {attainable@|을/를} 기록합니다[(단순 추측은 {chance@})].[ {threshold@} 이상은 나와야 합니다.]",
  "score-chance":
    "처음 보는 샘플에서 신경망의 점수[({metric})]는 {value@}입니다. 단순 추측[({chance@})]보다 나을 것이 없습니다.",
  "train-score":
    "훈련 샘플에서조차 신경망의 점수가 {value@}에 그칩니다[(기준 {threshold@})].[ 단순한 학습기는 {attainable@|을/를} 기록합니다.]",
  "generalisation-gap":
    "훈련 샘플의 점수[({training@})]가 처음 보는 샘플의 점수[({validation@})]보다 {value@}만큼 높습니다[(기준 {threshold@})].",
  "validation-loss-rise":
    "처음 보는 샘플에 대한 손실이 최저치[({epoch#}번째 에포크)]의 {value}배로 올랐습니다[(기준 {threshold}배)].",
  "other-seeds": "시드를 바꾼 실행[ {runs#}번] 중 {count#}번에서 같은 증상이 나타납니다.",
} as const satisfies Texts["evidence"];
