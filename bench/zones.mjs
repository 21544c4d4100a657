// Zones for the benchmark, the same octets on every machine: a linear congruential generator stands in for chance.

/** Numbers 0 ≤ n < limit, always the same sequence for a seed (Numerical Recipes' constants). */
function numbers(seed) {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * limit);
  };
}

const head = (origin) =>
  `$ORIGIN ${origin}
$TTL 3600
@ IN SOA ns1 hostmaster 2026010101 1800 600 604800 300
@ IN NS ns1
@ IN NS ns2
ns1 IN A 192.0.2.1
ns2 IN A 192.0.2.2
@ IN MX 10 mx1
@ IN MX 20 mx2
mx1 IN A 192.0.2.25
mx2 IN A 192.0.2.26
`;

const hexDigest = (next) => Array.from({ length: 8 }, () => (next(0x10000000) + 0x10000000).toString(16).padStart(8, '0')).join('');

/** `names` hosts with about 2.5 records each: A, AAAA, MX, TXT, CAA and TLSA, at the ratio of a mail provider's zone. */
export function mixedZone(origin, names) {
  const next = numbers(20260101);
  const lines = [head(origin)];
  for (let i = 0; i < names; i++) {
    const host = `h${i.toString(36)}-${next(1296).toString(36)}`;
    lines.push(`${host} IN A 198.51.${next(256)}.${next(256)}\n`);
    if (i % 2 === 0) lines.push(`${host} IN AAAA 2001:db8:${next(65536).toString(16)}::${(next(65535) + 1).toString(16)}\n`);
    if (i % 5 === 0) lines.push(`${host} IN MX 10 mx1\n${host} IN MX 20 mx2\n`);
    if (i % 4 === 0) lines.push(`${host} IN TXT "v=spf1 ip4:198.51.${next(256)}.0/24 include:_spf.example.net -all"\n`);
    if (i % 10 === 0) lines.push(`${host} IN CAA 0 issue "letsencrypt.org"\n`);
    if (i % 7 === 0) lines.push(`_443._tcp.${host} IN TLSA 3 1 1 ${hexDigest(next)}\n`);
    if (i % 5 === 1) lines.push(`${host} IN TXT "site-verification=${hexDigest(next)}"\n`);
  }
  return lines.join('');
}

/** `names` delegations, as a registry has them: two name servers each, glue for a fifth, a DS for a twentieth. */
export function delegationZone(origin, names) {
  const next = numbers(20260202);
  const lines = [head(origin)];
  for (let i = 0; i < names; i++) {
    const child = `d${i.toString(36)}${next(36).toString(36)}`;
    lines.push(`${child} IN NS ns${next(50)}.hosting.example.\n`);
    if (i % 5 === 0) lines.push(`${child} IN NS ns.${child}\nns.${child} IN A 203.0.113.${next(256)}\n`);
    else lines.push(`${child} IN NS ns${50 + next(50)}.hosting.example.\n`);
    if (i % 20 === 0) lines.push(`${child} IN DS ${next(65536)} 13 2 ${hexDigest(next)}\n`);
  }
  return lines.join('');
}
