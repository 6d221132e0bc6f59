import { InvalidArgumentError } from 'commander';

export const TOKEN_VARIABLE = 'UNDERSTUDY_CODEC_TOKEN';
export const DEFAULT_LISTEN = '127.0.0.1:8234';

export interface Address {
  host: string;
  port: number;
}

export function address(value: string): Address {
  const [, host = '', digits = ''] = /^(.+):(\d{1,5})$/.exec(value) ?? [];
  const port = Number(digits);
  if (host !== '' && port <= 65_535) return { host: host.replace(/^\[(.*)\]$/, '$1'), port };
  throw new InvalidArgumentError(`expected an address like ${DEFAULT_LISTEN}`);
}

export function origin(value: string, earlier: string[] = []): string[] {
  if (URL.canParse(value) && /^https?:/.test(value)) return [...earlier, new URL(value).origin];
  throw new InvalidArgumentError('expected an address like https://temporal.example.com');
}
