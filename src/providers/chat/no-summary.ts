import type { FailureKind } from '../../domain/failure.js';

/** How models say in a sentence that they will not, where no field says so. */
const REFUSES =
  /^(?:(?:I['’]m sorry|I am sorry|sorry|I apologi[sz]e),? (?:but )?I (?:can(?:no|['’])t|am unable|['’]m unable)|I (?:can(?:no|['’])t|am unable to|won['’]t) (?:help|assist|summari[sz]e|comply|provide)|As an AI(?: language)? model)/i;
/** And that they did not see a text at all. */
const ASKS_FOR_TEXT =
  /^(?:please|could you|sure[,!.]? please) (?:provide|share|paste|send)(?: me)? (?:with )?(?:the|your|a) text\b/i;
/** A longer one says more than that. Characters. */
const MAX_CHARS = 400;

/** What a short answer says in place of a summary. @returns undefined for a summary, also of a text that speaks so itself */
export function noSummary(answer: string, text: string): { kind: FailureKind; message: string } | undefined {
  const said = answer.trimStart();
  if (said.length > MAX_CHARS) return undefined;
  const [words] = REFUSES.exec(said) ?? ASKS_FOR_TEXT.exec(said) ?? [];
  if (words === undefined || text.toLowerCase().includes(words.toLowerCase())) return undefined;
  return REFUSES.test(said)
    ? { kind: 'Refused', message: `the model refused: ${words} …` }
    : { kind: 'BadOutput', message: 'the model asked for the text' };
}
