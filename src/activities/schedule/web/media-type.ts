import { MIMEType } from 'node:util';

/** What a `content-type` says, as far as it can be read. */
export function mediaTypeOf(headers: Headers): { /** Like `text/html`. */ type?: string; charset?: string } {
  try {
    const { essence, params } = new MIMEType(headers.get('content-type') ?? '');
    const charset = params.get('charset');
    return { type: essence, ...(charset !== null && { charset }) };
  } catch {
    return {};
  }
}
