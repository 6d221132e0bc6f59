import { afterEach, describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../../src/config/config-schema.js';
import { encryptionKeys } from '../../../src/config/encryption-keys.js';

const NAME = 'ENCRYPTION_KEYS_TEST';
afterEach(() => {
  Reflect.deleteProperty(process.env, NAME);
});

const keysOf = (id = 'first', env = NAME) => {
  const { encryption } = parseConfig(`encryption: { keys: [{ id: "${id}", env: ${env} }] }`, 'u.yaml');
  if (!encryption) throw new Error('no encryption');
  return encryptionKeys(encryption);
};
const SECRET = Buffer.from('0123456789abcdef0123456789ABCDEF');

describe('the keys of the encryption', () => {
  it.each([
    ['base64', SECRET.toString('base64')],
    ['base64 for URLs', SECRET.toString('base64url')],
    ['hex', SECRET.toString('hex')],
    ['hex in capitals, between spaces', ` ${SECRET.toString('hex').toUpperCase()}\n`],
  ])('are 32 bytes in %s', (_, value) => {
    process.env[NAME] = value;
    expect(keysOf()).toEqual([{ id: 'first', secret: SECRET }]);
  });

  it.each([
    ['too short', SECRET.subarray(1).toString('hex')],
    ['too long', SECRET.toString('hex') + 'ab'],
    ['a passphrase', 'correct horse battery staple'],
    ['16 bytes', SECRET.subarray(16).toString('base64')],
  ])('are refused by the name of their variable, never by their value, when they are %s', (_, value) => {
    process.env[NAME] = value;
    const refusal = () => keysOf('first');
    expect(refusal).toThrow(`encryption key first: ${NAME} does not hold a key; expected 32 bytes`);
    expect(refusal).not.toThrow(value);
  });

  it('are missed by the name of their variable', () => {
    expect(() => keysOf()).toThrow(`encryption key first: ${NAME} is not set; expected 32 bytes`);
  });

  it.each([
    ['no key', 'encryption: { keys: [] }', 'encryption.keys: expected at least one key'],
    [
      'an id twice',
      'encryption: { keys: [{ id: a, env: A }, { id: a, env: B }] }',
      'encryption.keys: expected each id once',
    ],
    ['a key itself', 'encryption: { keys: [{ id: a, key: c2VjcmV0 }] }', 'encryption.keys[0]'],
    [
      'an id that is none',
      'encryption: { keys: [{ id: "a b", env: A }] }',
      'encryption.keys[0].id: expected at most 64',
    ],
  ])('are refused with %s', (_, yaml, message) => {
    expect(() => parseConfig(yaml, 'u.yaml')).toThrow(`u.yaml: ${message}`);
  });
});
