/**
 * The scenarios that record.mjs lets a named play. The terms of the waits are all different, so that a sum that is equal
 * for the wrong reason is unlikely. The operator acts two seconds after a DS state has moved.
 */

/** As small as named allows: signatures-refresh must stay below nine tenths of signatures-validity. Dsgn is 8 s. */
const times = {
  'dnskey-ttl': 7,
  'max-zone-ttl': 11,
  'zone-propagation-delay': 2,
  'publish-safety': 3,
  'retire-safety': 5,
  'parent-ds-ttl': 13,
  'parent-propagation-delay': 4,
  'signatures-validity': 60,
  'signatures-validity-dnskey': 60,
  'signatures-refresh': 52,
  'signatures-jitter': 0,
};
const p256 = 'ecdsap256sha256';
const ed25519 = 'ed25519';
const csk = (algorithm = p256) => [{ role: 'csk', algorithm }];
const split = (algorithm = p256) => [
  { role: 'ksk', algorithm },
  { role: 'zsk', algorithm },
];
/** The policy `insecure` as `named -C` prints it. */
const builtIn = {
  builtIn: true,
  keys: [],
  'dnskey-ttl': 3600,
  'max-zone-ttl': 0,
  'zone-propagation-delay': 300,
  'publish-safety': 3600,
  'retire-safety': 3600,
  'parent-ds-ttl': 86400,
  'parent-propagation-delay': 3600,
  'signatures-validity': 1209600,
  'signatures-validity-dnskey': 1209600,
  'signatures-refresh': 432000,
  'signatures-jitter': 43200,
};
const week = 7 * 86400;
const slowSignatures = {
  ...times,
  'signatures-validity': 400,
  'signatures-validity-dnskey': 400,
  'signatures-refresh': 340,
};
const slowParent = { ...times, 'parent-ds-ttl': 47 };

const settled = (key) =>
  [key.dnskey, key.zrrsig, key.krrsig, key.ds].every((state) => /^(omnipresent|hidden)$/.test(state));
const gone = (key) => [key.dnskey, key.zrrsig, key.krrsig, key.ds].every((state) => state === 'hidden');
const hasDs = (key) => key.ds === 'omnipresent';

/** From the first key to the DS that every cache has. The KSK may be the first key or the second. */
async function enable(zone) {
  await zone.until('the DS may be published', (...keys) => keys.some(({ ds }) => ds === 'rumoured'));
  await zone.wait(2);
  await zone.checkds('published', zone.keys.findIndex(({ state }) => state.ds === 'rumoured') + 1);
  await zone.until('the chain is complete', (...keys) => keys.every(settled) && keys.some(hasDs));
  await zone.wait(2);
  await zone.compareWithStatus();
}

const keyOf = (zone, role) => zone.keys.findIndex((key) => key.role === role) + 1;

/** The parent swaps the DS of two keys, or removes the old one some seconds later; then all comes to rest. */
async function swapDs(zone, from, to, { keep = false, late = 0 } = {}) {
  await zone.until('the DS moves', (...keys) => keys[to - 1]?.ds === 'rumoured' && keys[from - 1].ds === 'unretentive');
  await zone.compareWithStatus();
  if (keep) zone.keepStateFiles(zone.name);
  await zone.wait(2);
  const when = Math.floor(Date.now() / 1000);
  await zone.checkds('published', to, when);
  await zone.wait(late);
  await zone.checkds('withdrawn', from, when + late);
  if (late > 0) zone.keepStateFiles(zone.name);
  await zone.until(
    'the roll is over',
    (...keys) => gone(keys[from - 1]) && keys.filter((_, index) => index !== from - 1).every((key) => settled(key)),
  );
  await zone.wait(2);
}

/**
 * A policy without keys makes named 9.18 stop at an assertion, so only its built-in policy `insecure` can be played, whose
 * waits are of a day and of a week (where max-zone-ttl is 0, the key manager of named takes a week). They are not sat out:
 * named announces its date, then its clocks are put back with `checkds -when` and dnssec-settime, as the test suite of
 * BIND does, so that about 15 seconds are left. `shift` in the actions says by how much.
 */
async function goInsecure(zone) {
  await enable(zone);
  const signer = zone.keys.findIndex(({ state }) => hasDs(state)) + 1;
  await zone.usePolicy('insecure');
  await zone.until('the DS leaves', (...keys) => keys[signer - 1].ds === 'unretentive');
  await zone.compareWithStatus();
  zone.keepStateFiles(zone.name);
  await zone.wait(2);
  await zone.checkds('withdrawn', signer);
  await zone.wait(3);
  const parentWait = builtIn['parent-ds-ttl'] + builtIn['parent-propagation-delay'] + builtIn['retire-safety'];
  await zone.checkds('withdrawn', signer, Math.floor(Date.now() / 1000) - parentWait + 15);
  await zone.until('the keys leave', (...keys) => keys.every(({ dnskey }) => dnskey === 'unretentive'));
  await zone.compareWithStatus();
  await zone.wait(2);
  await zone.travel(builtIn['dnskey-ttl'] + builtIn['zone-propagation-delay'] - 15);
  await zone.until('the keys have left', (...keys) => keys.every(({ dnskey }) => dnskey === 'hidden'));
  await zone.wait(2);
  await zone.travel(week + builtIn['retire-safety'] - builtIn['dnskey-ttl'] - 15);
  await zone.until('all is gone', (...keys) => keys.every(gone));
}

export const scenarios = {
  'enable-csk': {
    title: 'DNSSEC is enabled with one key',
    policies: { signed: { keys: csk(), ...times } },
    script: enable,
  },
  'enable-ksk-zsk': {
    title: 'DNSSEC is enabled with a KSK and a ZSK',
    policies: { signed: { keys: split(), ...times } },
    script: enable,
  },
  'zsk-roll': {
    title: 'a ZSK is rolled on request: pre-publication',
    policies: { signed: { keys: split(), ...times } },
    async script(zone) {
      await enable(zone);
      const old = keyOf(zone, 'zsk');
      await zone.rollover(old);
      await zone.until('the signatures move', (...keys) => keys[2]?.zrrsig === 'rumoured');
      await zone.compareWithStatus();
      await zone.until('the roll is over', (...keys) => gone(keys[old - 1]) && settled(keys[2]));
      await zone.wait(2);
    },
  },
  'zsk-lifetime': {
    title: 'a ZSK is rolled because its lifetime ends: pre-publication',
    policies: {
      signed: {
        keys: [
          { role: 'ksk', algorithm: p256 },
          { role: 'zsk', algorithm: p256, lifetime: 100 },
        ],
        ...times,
      },
    },
    async script(zone) {
      await enable(zone);
      const old = keyOf(zone, 'zsk');
      await zone.until('the roll is over', (...keys) => keys.length > 2 && gone(keys[old - 1]) && settled(keys[2]));
    },
  },
  'ksk-roll': {
    title: 'a KSK is rolled on request: double KSK',
    policies: { signed: { keys: split(), ...times } },
    async script(zone) {
      await enable(zone);
      const old = keyOf(zone, 'ksk');
      await zone.rollover(old);
      await swapDs(zone, old, 3, { keep: true });
    },
  },
  'ksk-roll-late': {
    title: 'a KSK is rolled, and the parent removes the old DS later than it adds the new one',
    policies: { signed: { keys: split(), ...times } },
    async script(zone) {
      await enable(zone);
      const old = keyOf(zone, 'ksk');
      await zone.rollover(old);
      await swapDs(zone, old, 3, { late: 8 });
    },
  },
  'csk-roll1': {
    title: 'a CSK is rolled; the signatures of the zone are slower than the DS',
    policies: { signed: { keys: csk(), ...slowSignatures } },
    async script(zone) {
      await enable(zone);
      await zone.rollover(1);
      await swapDs(zone, 1, 2, { keep: true });
    },
  },
  'csk-roll2': {
    title: 'a CSK is rolled; the DS is slower than the signatures of the zone',
    policies: { signed: { keys: csk(), ...slowParent } },
    async script(zone) {
      await enable(zone);
      await zone.rollover(1);
      await swapDs(zone, 1, 2);
    },
  },
  'algorithm-roll-csk': {
    title: 'a CSK gets another algorithm',
    policies: { signed: { keys: csk(), ...times }, other: { keys: csk(ed25519), ...times } },
    async script(zone) {
      await enable(zone);
      await zone.usePolicy('other');
      await swapDs(zone, 1, 2);
    },
  },
  'algorithm-roll-ksk-zsk': {
    title: 'a KSK and a ZSK get another algorithm',
    policies: { signed: { keys: split(), ...times }, other: { keys: split(ed25519), ...times } },
    async script(zone) {
      await enable(zone);
      const old = keyOf(zone, 'ksk');
      await zone.usePolicy('other');
      await zone.until('the new keys stand', (...keys) => keys.length === 4);
      const next = zone.keys.findIndex((key) => key.role === 'ksk' && key.algorithm === 15) + 1;
      await swapDs(zone, old, next, { keep: true });
      await zone.until('the old keys are gone', (...keys) => keys.filter(({ goal }) => goal === 'hidden').every(gone));
    },
  },
  'insecure-csk': {
    title: 'a zone with one key goes insecure',
    policies: { signed: { keys: csk(), ...times }, insecure: builtIn },
    script: goInsecure,
  },
  'insecure-ksk-zsk': {
    title: 'a zone with a KSK and a ZSK goes insecure',
    policies: { signed: { keys: split(), ...times }, insecure: builtIn },
    script: goInsecure,
  },
};
