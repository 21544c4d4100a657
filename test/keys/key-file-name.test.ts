import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { keyFileStem, keyFolder, parseKeyFileName, zoneOfKeyFolder } from '../../src/keys/key-file-name.ts';

describe('names of key files', () => {
  // As dnssec-keygen 9.18 names the files of these zones.
  test.each([
    ['example.org.', 13, 7956, 'Kexample.org.+013+07956'],
    ['0/25.2.0.192.in-addr.arpa.', 13, 53590, 'K0%2F25.2.0.192.in-addr.arpa.+013+53590'],
    ['a\\.b.exa_mple.', 15, 51198, 'Ka%2Eb.exa_mple.+015+51198'],
    ['.', 13, 14024, 'K.+013+14024'],
    ['x\\032y\\200*\\@.test.', 13, 3071, 'Kx%20y%C8%2A%40.test.+013+03071'],
  ])('%s', (zone, algorithm, tag, stem) => {
    expect(keyFileStem(name(zone), algorithm, tag)).toBe(stem);
    for (const kind of ['key', 'private', 'state'] as const) {
      expect(parseKeyFileName(`${stem}.${kind}`)).toEqual({ zone, algorithm, tag, kind });
    }
    expect(zoneOfKeyFolder(keyFolder(name(zone)))).toBe(zone);
  });

  test('ldns keeps the case of the zone', () => {
    expect(parseKeyFileName('KExample.TEST.+015+59590.key')?.zone).toBe('example.test.');
  });

  test.each([
    'example.org.+013+07956.key',
    'Kexample.org.+013+07956.ds',
    'Kexample.org.+13+07956.key',
    'Kexample.org.+013+7956.key',
    'Kexample.org.+013+70000.key',
    'Kexample.org.+300+07956.key',
    'Kexample..org.+013+07956.key',
    'K+013+07956.key',
    'Kexample.org.+013+07956.key.bak',
    'dsset-example.org.',
  ])('%s is no key file', (file) => {
    expect(parseKeyFileName(file)).toBeUndefined();
  });

  test('a folder below keys/ is the name of its zone without the final dot', () => {
    expect(keyFolder(name('example.org.'))).toBe('example.org');
    expect(zoneOfKeyFolder('.git')).toBeUndefined();
    expect(zoneOfKeyFolder('a..b')).toBeUndefined();
  });
});
