/** How a syllable, digit or letter ends when read in Korean: in a vowel, in ㄹ, or in another consonant. */
type Ending = "vowel" | "l" | "consonant";

const DIGITS: readonly Ending[] = [
  "consonant", // 영
  "l", // 일
  "vowel", // 이
  "consonant", // 삼
  "vowel", // 사
  "vowel", // 오
  "consonant", // 육
  "l", // 칠
  "l", // 팔
  "vowel", // 구
];

/** Appends the particle that fits the end of the text.
 *  @param particles the form after a consonant and the form after a vowel: "은/는", "이/가", "을/를", "으로/로", "과/와", "이라/라". */
export function withParticle(text: string, particles: string): string {
  const [afterConsonant = "", afterVowel = ""] = particles.split("/");
  const ending = endingOf(text);
  // 로 also follows ㄹ
  const isOpen = ending === "vowel" || (ending === "l" && afterVowel === "로");
  return text + (isOpen ? afterVowel : afterConsonant);
}

function endingOf(text: string): Ending {
  // superscripts are read as digits; quotes and brackets are not read
  const last = text
    .normalize("NFKC")
    .replace(/[^\p{L}\p{N}%]+$/u, "")
    .at(-1);
  if (last === undefined || last === "%") return "vowel";
  if (/\d/.test(last)) return DIGITS[Number(last)] as Ending;
  const code = last.charCodeAt(0) - 0xac00;
  if (code >= 0 && code < 11_172) return code % 28 === 0 ? "vowel" : code % 28 === 8 ? "l" : "consonant";
  // English words as usually transcribed in Hangul: Adam 아담, RMSProp 알엠에스프롭, softmax 소프트맥스
  return /[lL]/.test(last) ? "l" : /[mnpkMN]/.test(last) ? "consonant" : "vowel";
}
