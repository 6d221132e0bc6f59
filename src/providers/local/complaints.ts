/** What people write of things that do not work; none of it takes a word of feeling, so a lexicon of feelings passes it over. */
const COMPLAINTS = new Set(
  `leak leaks leaked leaking broke broken breaks cracked dented scratched torn defective faulty damaged missing refund refunds
  crash crashes crashed crashing freezes froze burned burnt burns late delayed slow rude cold stale dirty mouldy moldy useless
  unusable waste wasted overcharged overpriced scam cheated ignored disappointed disappointing disappointment unacceptable
  regret returned stopped died fell failed fails failing lost stuck lied mess awful terrible wrong loose salty noisy loud
  cancelled canceled forgot forgotten barely smells smelly smelled stinks blurry peeling unanswered rip-off nightmare`.split(
    /\s+/,
  ),
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
/** What several words say together. Each is bounded, for texts are anybody's. */
const PHRASES: readonly (readonly [RegExp, number])[] = [
  [/\b(?:one|two|1|2|zero|0) stars?\b/g, -2],
  [/\b(?:four|five|4|5) stars?\b/g, 2],
  [/\b(?:never|not|n't) (?:\w{1,12} )?let(?: \w{1,6})? down\b/g, 4],
  [/(?<!\b(?:never|not)(?: \w{1,12})? )\b(?:let|lets|letting)(?: (?:me|us|you|him|her|them))? down\b/g, -2.5],
  [/\b(?:nothing|cannot|can't|could not|couldn't) (?:to )?(?:complain|fault)\b/g, 5],
  [/\b(?:money back|save your money|waste of (?:money|time)|(?:expected|hoped for) (?:more|better)|rip off)\b/g, -4],
  [/\bnever (?:order|buy|come|go|use|eat|stay|shop|book|return)(?:ing)? (?:\w{1,12} ){0,3}again\b/g, -3],
  [/\bwithout (?:any |a )?(?:fuss|trouble|problems?|hitch|delays?|issues?)\b/g, 2],
  [/\bno (?:sense|use|help|idea|answer|reply|refund|way to|chance|good)\b/g, -2],
  [/\b(?:nobody|no one) (?:could|would|can|will|knows|knew|cares|cared)\b/g, -1.5],
  [
    /\b(?:does|do|did|will|would|can|could|is|was)(?:n't| not) (?:even )?(?!only|mind|hesitate|hurt|disappoint|regret|matter|bad|expensive|difficult|hard|loud|heavy|noisy|too)\w{2,12}\b/g,
    -1,
  ],
  [/\b(?:far|much|way|a bit|a little|is|was|are|were) too (?!bad)\w{2,14}\b/g, -2],
  [/\b(?:longer|later|slower|worse|smaller|less) than (?!a |ever)\w{2,14}\b/g, -2.5],
  [/\b(?:and|but) then nothing\b/g, -2],
  [/\b(?:had|have|has) to (?:call|wait|ask|beg|chase|send|return|pay|go back|throw)\b/g, -1.5],
  [/\bun(?:comfortable|reliable|helpful|friendly|pleasant|safe|stable|professional|happy|satisfied|impressed)\b/g, -2],
  [
    /\b(?:will|would|'ll|'d) (?:definitely |certainly |gladly |happily |always |be )?(?:come|coming|stay|buy|order|visit|return|go|use|choose) (?:\w{1,12} ){0,2}(?:back|again|any ?time)\b/g,
    2.5,
  ],
  [
    /\b(?:much|far|even|so much|a lot) (?:better|faster|easier|quieter|nicer|quicker|cleaner|clearer|stronger|lighter|safer)\b/g,
    1.5,
  ],
  [/\b(?:hung|hang|hangs) up on\b/g, -4],
  [/\bwait(?:ed|ing)?(?: for)? (?:\w{1,12} ){1,2}(?:hours?|days|weeks|months)\b/g, -1.5],
  [/\bwithout (?:any |a |an )?(?:explanation|warning|notice|apology|reply|answer|reason|success)\b/g, -2],
  [/\b(?:higher|high) hopes but\b/g, -1.5],
  [/\bexceed(?:s|ed)? (?:\w{1,12} ){0,2}expectations?\b/g, 3],
  [/\b(?:never|not|n't) (?:\w{1,12} ){1,4}better\b/g, 4],
  [/\b(?:could|can)(?:n't| not|not) (?:be|ask for|have been) (?:\w{1,12} )?(?:better|happier|more)\b/g, 4],
  [/\b(?:solve[sd]?|fixe[sd]|fix) (?:my|our|the|all|every) (?:\w{1,12} )?(?:problems?|issues?|troubles?)\b/g, 3.5],
  [/\b(?:sturdy|well made|well packed|like new|spotless|delicious)\b/g, 1],
];
/** Praise as an exclamation before a complaint is meant the other way: `Great, another update that breaks everything.` */
const MOCKING =
  /(?:^|[.!?] )(?:oh,? )?(?:great|wonderful|fantastic|brilliant|lovely|perfect|nice|superb|bravo)(?: job)?[,!.]+ /;
const NEGATIONS = new Set(`not never no none nothing nobody neither nor without cannot`.split(' '));
/** How far a negation reaches: `does not even work`. */
const REACH = 3;
/** What stands between: `no kettle and no money`, `not a good one`. */
const PASSED_OVER = new Set(`a an any the at all even very really so too that this it been be to my`.split(' '));
const EACH = 0.2;
/** More than any praise that it is dressed in. */
const MOCKED = -1.2;
const MOST = 0.7;

/**
 * How much a text complains, by plain facts and by what it says is not there.
 * @returns -0.7 to 0.7, or -1.2 for mockery; negative for complaints; to be added to a score of feelings
 */
export function complaintScore(text: string): number {
  const plain = text.toLowerCase().replace(/[’]/g, "'");
  const phrases = PHRASES.reduce((sum, [phrase, score]) => sum + score * (plain.match(phrase)?.length ?? 0), 0);
  const words = wordsScore(plain);
  if (words + phrases < 0 && MOCKING.test(plain)) return MOCKED;
  return Math.max(-MOST, Math.min(MOST, (words + phrases) * EACH));
}

function wordsScore(text: string): number {
  const words = text.match(/[\p{L}']+|[.!?;:]/gu) ?? [];
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
  return sum;
}

function scoreOf(word: string, denied: string | undefined, isNext: boolean): number {
  if (denied === undefined) return COMPLAINTS.has(word) ? -1 : 0; // what is praised, the feelings tell already
  if (TROUBLES.has(word) || COMPLAINTS.has(word)) return 1;
  if (PRAISE.has(word)) return -1.5;
  return isNext && (denied === 'no' || denied === 'nothing' || denied === 'nobody') ? -0.45 : 0; // no kettle and no money: one of them may be a plain fact
}
