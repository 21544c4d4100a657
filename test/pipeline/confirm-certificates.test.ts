/** What `danezone confirm` says about the next date where certificates have a say in it. */
import { expect, test } from 'vitest';
import { danezone, files, inService, noon, repository, settled } from './run.ts';

const hour = 3600;
const day = 24 * hour;

async function said(host: ReturnType<typeof repository>, ...argv: string[]) {
  const { zones } = JSON.parse((await danezone(host, 'confirm', ...argv, '--format', 'json')).out);
  return zones.find(({ zone }: { zone: string }) => zone === 'example.org.');
}
const seconds = (text: string) => Date.parse(text) / 1000;

test('no DS is due before the certificates behind the TLSA records were seen, and confirm names the host', async () => {
  const host = repository();
  await danezone(host, 'build');
  const published = await said(host, 'published', 'example.org');
  expect(published.unserved).toEqual(['certificate served by mx1.example.org:25']);
  // When every cache has keys and signatures there is nothing to build, while nobody has looked at the certificate.
  host.setTime(noon + 20 * day);
  await danezone(host, 'build');
  const again = await said(host, 'published', 'example.org');
  const ds = again.waiting.filter(({ record }: { record: string }) => record === 'ds');
  expect(ds).toMatchObject([{ to: 'rumoured', wait: 'certificate served by mx1.example.org:25' }]);
  expect(ds[0]).not.toHaveProperty('earliest');
  expect(again).toMatchObject({ due: 0, unserved: [expect.stringContaining('mx1.example.org')] });
  const served = await said(host, 'cert-served', 'mx1.example.org');
  expect(served).toMatchObject({ due: 1, unserved: [] });
});

test('the date at which old records leave is the next one after the new certificate was seen', async () => {
  const host = repository();
  await danezone(host, 'build');
  await inService(host);
  host.put('/infra/zones/common.yaml', files['/infra/zones/common.yaml'].replace('p256.pem', 'p384.pem'));
  host.setTime(settled + 5 * day);
  await danezone(host, 'build');
  await danezone(host, 'confirm', 'published', '--all');
  const { nextEvent } = await said(host, 'cert-served', 'mx1.example.org');
  expect(seconds(nextEvent)).toBe(settled + 5 * day + hour);
});
