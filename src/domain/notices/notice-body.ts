import type { Notice } from './notice.js';

/** Microsoft Teams takes cards, and no text beside them, from these hosts. */
const TEAMS = /(^|\.)(webhook\.office\.com|logic\.azure\.com|api\.powerplatform\.com)$/;

/** Slack reads links and calls to everybody in a channel between these, also in what a vendor said. */
const SLACK = /(^|\.)slack(-gov)?\.com$/;
const SLACK_ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
/** A card's text is Markdown. */
const MARKDOWN = /[\\`*_[\]()<>#~|]/g;

/**
 * A notice as its receiver takes it: `type`, `timestamp` and `data` as Standard Webhooks recommend, `text` as Slack shows it,
 * and a card with the same text for Microsoft Teams.
 * @param host of the receiver
 */
export function noticeBody({ id, type, at, text, data }: Notice, host: string): string {
  const body = { id, type, timestamp: at, text, data };
  const receiver = host.toLowerCase();
  if (SLACK.test(receiver)) {
    return JSON.stringify({ ...body, text: text.replace(/[&<>]/g, (sign) => SLACK_ENTITIES[sign] ?? sign) });
  }
  if (!TEAMS.test(receiver)) return JSON.stringify(body);
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [{ type: 'TextBlock', text: text.replace(MARKDOWN, '\\$&'), wrap: true }],
  };
  const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }];
  return JSON.stringify({ ...body, type: 'message', event: type, attachments });
}
