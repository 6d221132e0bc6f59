/** What people write of things that do not work; none of it takes a word of feeling, so a lexicon of feelings passes it over. */
const COMPLAINTS = new Set(
  `leak leaks leaked leaking broke broken breaks cracked dented scratched torn defective faulty damaged missing refund refunds
  crash crashes crashed crashing freezes froze burned burnt burns late delayed slow rude cold stale dirty mouldy moldy useless
  unusable waste wasted overcharged overpriced scam cheated ignored disappointed disappointing disappointment unacceptable
  regret returned stopped died fell failed fails failing lost stuck lied mess awful terrible`.split(/\s+/),
);
const PRAISE = new Set(
  `good great happy satisfied pleased recommend recommended worth works working worked love loved like liked helpful friendly
  useful easy impressed answered arrived delivered enjoy enjoyed fixed solved`.split(/\s+/),
);
/** That they are not there is good. */
const TROUBLES = new Set(
  `problem problems issue issues complaint complaints fault faults trouble effort hassle doubt doubts question questions regrets
  regret worries mess delay waiting leak leaks damage noise`.split(/\s+/),
);
const NEGATIONS = new Set(`not never no none nothing nobody neither nor without cannot`.split(' '));
/** How far a negation reaches: `does not even work`. */
const REACH = 3;
/** What stands between: `no kettle and no money`, `not a good one`. */
const PASSED_OVER = new Set(`a an any the at all even very really so too that this it been be to my`.split(' '));
const EACH = 0.2;
const MOST = 0.7;

/**
 * How much a text complains, by plain facts and by what it says is not there.
 * @returns -0.7 to 0.7, negative for complaints; to be added to a score of feelings
 */
export function complaintScore(text: string): number {
  const words =
    text
      .toLowerCase()
      .replace(/[’]/g, "'")
      .match(/[\p{L}']+|[.!?;:]/gu) ?? [];
  let sum = 0;
  let reach = 0;
  let denied: string | undefined;
  for (const word of words) {
    if (/^[.!?;:]$/.test(word)) reach = 0;
    else if (NEGATIONS.has(word) || word.endsWith("n't")) {
      reach = REACH;
      denied = word;
    } else if (!PASSED_OVER.has(word)) {
      sum += scoreOf(word, reach > 0 ? denied : undefined, reach === REACH);
      reach = COMPLAINTS.has(word) || PRAISE.has(word) || denied === 'no' ? 0 : Math.max(0, reach - 1);
    }
  }
  return Math.max(-MOST, Math.min(MOST, sum * EACH));
}

function scoreOf(word: string, denied: string | undefined, isNext: boolean): number {
  if (denied === undefined) return COMPLAINTS.has(word) ? -1 : 0; // what is praised, the feelings tell already
  if (TROUBLES.has(word) || COMPLAINTS.has(word)) return 1;
  if (PRAISE.has(word)) return -1.5;
  return isNext && (denied === 'no' || denied === 'nothing' || denied === 'nobody') ? -0.45 : 0; // no kettle and no money: one of them may be a plain fact
}
