import { isIP } from 'node:net';

const MAX_CHARS = 10_000;
const DATE = /^\d{4}-\d\d-\d\d$/;
const TIME = /^\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:z|[+-]\d\d:\d\d)$/i;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const EMAIL = /^[^\s@<>,;]{1,64}@[^\s@<>,;.]{1,63}(?:\.[^\s@<>,;.]{1,63}){1,10}$/;

/** A day that the calendar has (RFC 3339): JavaScript takes 30 February for 2 March. */
function isDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function isTime(text: string): boolean {
  return TIME.test(text) && !Number.isNaN(Date.parse(`2000-01-01T${text}`));
}

function isDateTime(text: string): boolean {
  return /^[Tt ]$/.test(text.charAt(10)) && isDate(text.slice(0, 10)) && isTime(text.slice(11));
}

const CHECKED: Record<string, (text: string) => boolean> = {
  date: isDate,
  time: isTime,
  'date-time': isDateTime,
  email: (text) => EMAIL.test(text),
  uri: (text) => URL.canParse(text),
  uuid: (text) => UUID.test(text),
  ipv4: (text) => isIP(text) === 4,
  ipv6: (text) => isIP(text) === 6,
};

/** Told to the model, and not checked: what JSON Schema names besides, and what OpenAPI adds. */
const TOLD = [
  ...['duration', 'hostname', 'idn-email', 'idn-hostname', 'iri', 'iri-reference', 'json-pointer', 'regex'],
  ...['relative-json-pointer', 'uri-reference', 'uri-template'],
  ...['binary', 'byte', 'double', 'float', 'int32', 'int64', 'password'],
];

/** The values of `format` that a schema may have. Each check takes a time that grows with the text alone. */
export const FORMATS: Record<string, true | ((text: string) => boolean)> = {
  ...Object.fromEntries(TOLD.map((name) => [name, true as const])),
  ...Object.fromEntries(
    Object.entries(CHECKED).map(([name, check]) => [name, (text: string) => text.length <= MAX_CHARS && check(text)]),
  ),
};
