/** wink takes more than linear time for one long piece: 9 s for a single word of 100,000 characters. */
const PIECE_CHARACTERS = 2_000;

/** 200,000 characters in all. Of a longer text these are spread evenly over it. */
const MAX_PIECES = 100;

/** Cuts a text where sentences end, or else at white space, or else anywhere between characters. */
export function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const piece = pieceAt(text, at);
    if (piece.trim() !== '') pieces.push(piece);
    at += piece.length;
  }
  return evenly(pieces, MAX_PIECES);
}

function pieceAt(text: string, at: number): string {
  const most = text.slice(at, at + PIECE_CHARACTERS);
  if (most.length < PIECE_CHARACTERS) return most;
  const found = /^.*[.!?…]["'”’»)\]]*\s|^.*[。！？]/su.exec(most) ?? /^.*\s/s.exec(most);
  return found?.[0] ?? most.replace(/[\uD800-\uDBFF]$/, '');
}

/** At most `most` of the items, in order, from the first on. */
export function evenly<T>(items: readonly T[], most: number): T[] {
  const step = Math.max(1, items.length / most);
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step)).slice(0, most);
}
