import { z } from 'zod';
import { NOTICE_TOPICS } from '../domain/telemetry/tells.js';
import { environmentVariable } from './provider-schema.js';

const LISTEN = /^(?:\[[0-9A-Fa-f:.]+\]|\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/;

/** An address of this host and a port. */
export const listenAddress = z
  .string()
  .regex(LISTEN, 'expected an address and a port, like 127.0.0.1:9464')
  .refine((address) => Number(address.slice(address.lastIndexOf(':') + 1)) <= 65_535, 'expected a port up to 65535');

export const metrics = z.strictObject({ listen: listenAddress });

const MAX_NOTICE_TARGETS = 20;
export const notices = z
  .array(
    z.strictObject({
      webhook: z.url({ protocol: /^https?$/ }).max(2_000),
      secretEnv: environmentVariable.optional(),
      on: z
        .array(z.enum(NOTICE_TOPICS))
        .min(1)
        .default([...NOTICE_TOPICS]),
    }),
  )
  .max(MAX_NOTICE_TARGETS);

export type Metrics = z.output<typeof metrics>;
/** Whom to tell about what; `secretEnv` names the variable that holds the key to sign with. */
export type NoticeTarget = z.output<typeof notices>[number];
