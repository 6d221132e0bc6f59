const HIDDEN = '…';

/**
 * A configuration to show: names of variables stay, and what may hold a secret itself is `…`: literal headers, passwords and
 * queries of addresses, all but the host of a webhook's.
 */
export function withoutSecrets(value: unknown, key?: string): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => withoutSecrets(each, key));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, below]: [string, unknown]) => {
        const isLiteralHeader = key === 'headers' && typeof below === 'string';
        return [name, isLiteralHeader ? HIDDEN : withoutSecrets(below, name)];
      }),
    );
  }
  return typeof value === 'string' ? withoutCredentials(value, key) : value;
}

function withoutCredentials(text: string, key: string | undefined): string {
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(text) || !URL.canParse(text)) return text;
  const url = new URL(text);
  if (key === 'webhook') return `${url.origin}/${HIDDEN}`; // some vendors' addresses are the secret
  if (url.username === '' && url.password === '' && url.search === '' && url.hash === '') return text;
  const user = url.username === '' && url.password === '' ? '' : `${HIDDEN}@`;
  return `${url.protocol}//${user}${url.host}${url.pathname}${url.search === '' ? '' : `?${HIDDEN}`}`;
}
