import type { Notice } from './notice.js';

/** Microsoft Teams takes cards, and no text beside them, from these hosts. */
const TEAMS = /(^|\.)(webhook\.office\.com|logic\.azure\.com|api\.powerplatform\.com)$/;

/**
 * A notice as its receiver takes it: `type`, `timestamp` and `data` as Standard Webhooks recommend, `text` as Slack shows it,
 * and a card with the same text for Microsoft Teams.
 * @param host of the receiver
 */
export function noticeBody({ id, type, at, text, data }: Notice, host: string): string {
  const body = { id, type, timestamp: at, text, data };
  if (!TEAMS.test(host.toLowerCase())) return JSON.stringify(body);
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [{ type: 'TextBlock', text, wrap: true }],
  };
  const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }];
  return JSON.stringify({ ...body, type: 'message', event: type, attachments });
}
