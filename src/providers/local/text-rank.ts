const DAMPING = 0.85;
const ROUNDS = 30;

/**
 * TextRank (Mihalcea and Tarau, 2004): a sentence matters as far as sentences that matter have words in common with it.
 * Quadratic in the number of sentences.
 * @param sentences the content words of each
 * @returns a rank for each, higher is more central
 */
export function textRank(sentences: readonly ReadonlySet<string>[]): number[] {
  const weights = sentences.map((from, at) => sentences.map((to, other) => (at === other ? 0 : similarity(from, to))));
  const totals = weights.map((row) => row.reduce((sum, weight) => sum + weight, 0));
  let ranks = sentences.map(() => 1);
  for (let round = 0; round < ROUNDS; round++) {
    const shares = ranks.map((rank, at) => rank / Math.max(totals[at] ?? 0, Number.MIN_VALUE));
    ranks = weights.map((row) => {
      const received = row.reduce((sum, weight, from) => sum + weight * (shares[from] ?? 0), 0);
      return 1 - DAMPING + DAMPING * received;
    });
  }
  return ranks;
}

function similarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  let common = 0;
  for (const word of small) if (large.has(word)) common++;
  return common === 0 ? 0 : common / (Math.log(1 + a.size) + Math.log(1 + b.size));
}
