import { describe, expect, test } from 'vitest';
import { confinedRead, refusalText } from '../../src/host/confined.ts';
import { memoryHost } from '../../src/host/memory.ts';

const host = memoryHost({
  files: {
    '/infra/certs/mx1.pem': 'certificate',
    '/infra/certs/linked.pem': { link: 'mx1.pem' },
    '/infra/certs/out.pem': { link: '/etc/secret' },
    '/infra/certs/circle.pem': { link: 'circle.pem' },
    '/infra/certs/sneaky.pem': { link: '../keys/example.org/K.private' },
    '/infra/aside': { link: '/etc' },
    '/infra/keys/example.org/K.private': 'private',
    '/infra/keys-of-others.txt': 'fine',
    '/infra/.git/config': 'x',
    '/infra/.danezone/commit.json': 'x',
    '/infra/large': 'x'.repeat(101),
    '/state/journal.json': 'x',
    '/infra/state': { link: '/state' },
    '/etc/secret': 'secret',
  },
});
const read = (path: string) => confinedRead(host.files, '/infra', path, { maxSize: 100, forbid: ['keys'] });

describe('a file that the description names', () => {
  test('is read from the root, and named by its normal path', () => {
    expect(read('certs/../certs/./mx1.pem')).toMatchObject({ file: 'certs/mx1.pem' });
    expect(read('keys-of-others.txt')).toHaveProperty('octets');
  });

  test('may be a symbolic link to another file inside the root', () => {
    const file = read('certs/linked.pem');
    expect('octets' in file && Buffer.from(file.octets).toString()).toBe('certificate');
  });

  test.each([
    ['', 'empty'],
    ['certs/mx1.pem\0.txt', 'NUL'],
    ['/infra/certs/mx1.pem', 'absolute path'],
    ['../etc/secret', 'outside'],
    ['certs/../../etc/secret', 'outside'],
    ['certs/out.pem', 'link to a place outside'],
    ['aside/secret', 'link to a place outside'],
    ['state/journal.json', 'link to a place outside'],
    ['keys/example.org/K.private', 'keys/'],
    ['certs/sneaky.pem', 'keys/'],
    ['.git/config', '.git/'],
    ['.danezone/commit.json', '.danezone/'],
    ['certs', 'folder'],
    ['certs/none.pem', 'does not exist'],
    ['certs/mx1.pem/x', 'does not exist'],
    ['certs/circle.pem', 'circle'],
    ['large', '101 octets: at most 100'],
    ['.', 'outside'],
  ])('%j is refused', (path, why) => {
    const refused = read(path);
    expect(refused).toHaveProperty('error');
    if ('error' in refused) expect(refusalText(path, refused)).toContain(why);
  });

  test('may not come from a state folder that lies inside the root under another name', () => {
    const inside = memoryHost({ files: { '/infra/secrets/x': 'x', '/infra/state': { link: 'secrets' } } });
    for (const path of ['state/x', 'secrets/x']) {
      expect(confinedRead(inside.files, '/infra', path, { maxSize: 100, forbid: ['/infra/state'] })).toHaveProperty(
        'error',
      );
    }
  });
});
