import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { createHash } from 'node:crypto';
import { fetch } from 'undici';
import type { Notice } from '../../domain/notices/notice.js';
import { noticeBody } from '../../domain/notices/notice-body.js';
import type { NoticeTopic } from '../../domain/telemetry/tells.js';
import { oneLine } from '../../domain/text.js';
import { webhookSignature } from '../../http/webhook-signature.js';
import { connectionFailure } from '../../providers/wire/connection-failure.js';

/** A receiver as the configuration has it. */
export interface NoticeSettings {
  webhook: string;
  secretEnv?: string | undefined;
  on: readonly NoticeTopic[];
}

export interface NoticeActivities {
  /** @returns names of those who want to be told; their addresses are often secret, and stay here */
  noticeTargets(topic: Notice['topic']): Promise<string[]>;
  sendNotice(notice: Notice, target: string): Promise<void>;
}

const ANSWER_LIMIT_MS = 20_000;
/** It asks to be told no more. */
const GONE = 410;

/** @param secretOf a variable of this worker's environment; undefined when it has none */
export function noticeActivities(
  configured: readonly NoticeSettings[],
  secretOf: (name: string) => string | undefined,
): NoticeActivities {
  const targets = new Map(configured.map((each) => [nameOf(each), each]));
  return {
    noticeTargets(topic) {
      const wanted = [...targets].filter(([, { on }]) => topic === 'test' || on.includes(topic));
      return Promise.resolve(wanted.map(([name]) => name));
    },
    async sendNotice(notice, name) {
      const target = targets.get(name);
      // Another worker may read another configuration; it is tried again there.
      if (!target) throw failure('UnknownTarget', `no notice goes to ${oneLine(name)} by this worker's configuration`);
      const { webhook, secretEnv } = target;
      const secret = secretEnv === undefined ? undefined : secretOf(secretEnv);
      if (secretEnv !== undefined && secret === undefined) {
        throw failure('SecretMissing', `this worker has no secret for ${name} (set ${secretEnv})`);
      }
      await post(webhook, notice, secret, name);
    },
  };
}

async function post(webhook: string, notice: Notice, secret: string | undefined, name: string): Promise<void> {
  const { host } = new URL(webhook);
  const body = noticeBody(notice, new URL(webhook).hostname);
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signed =
    secret === undefined ? {} : { 'webhook-signature': webhookSignature(secret, notice.id, timestamp, body) };
  const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
  const status = await fetch(webhook, {
    method: 'POST',
    redirect: 'error',
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'understudy',
      'webhook-id': notice.id,
      'webhook-timestamp': timestamp,
      ...signed,
    },
    signal: AbortSignal.any([cancellationSignal(), limit]),
  }).then(
    async (response) => {
      await response.body?.cancel();
      return response.status;
    },
    (error: unknown) => {
      const why = limit.aborted ? `no answer in ${ANSWER_LIMIT_MS} ms` : connectionFailure(error).message;
      throw failure('Unreachable', `${host} (${name}): ${why}`);
    },
  );
  if (status >= 200 && status < 300) return;
  throw failure(status === GONE ? 'Gone' : 'NotTaken', `${host} (${name}) answers ${status}`, status === GONE);
}

function failure(type: string, message: string, nonRetryable = false): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable });
}

/** Stands in histories; says no more than the host, as services keep their secret in the path. */
function nameOf({ webhook }: NoticeSettings): string {
  const hash = createHash('sha256').update(webhook).digest('base64url').slice(0, 8);
  return `${new URL(webhook).hostname} ${hash}`;
}
