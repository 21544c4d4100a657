/** The keys of another provider that signs the zone too, as they are written: DNSKEY RDATA, checked one by one. */
import { publicKeyFault } from '../crypto/verify-signature.ts';
import { encodeRecord } from '../dns/field-text.ts';
import type { Name } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import { algorithmName } from '../dnssec/algorithm.ts';
import { Flag, keyTag } from '../dnssec/key-tag.ts';
import type { Octets } from '../text/octets.ts';
import type { At, Domain, Policy } from './description.ts';
import { complain, type Fields, itemsOf, readTarget, readText } from './reading.ts';
import { rules } from './rules.ts';
import { placeOfEntry } from './tree.ts';

export function readForeign(fields: Fields, policy: Policy): Domain['foreign'] {
  const { reading } = fields;
  const entry = fields.entry('foreign', 'keys');
  const servers = fields.entry('foreign', 'nameservers');
  if (entry === undefined) return undefined;
  if (policy.signing === 'none') {
    const error = 'keys of another provider have no meaning in a zone that is not signed here';
    complain(reading, rules['describe/foreign-key'], placeOfEntry(entry), { error });
    return undefined;
  }
  const keys: (At<Octets> & { readonly id: string })[] = [];
  for (const item of itemsOf(entry, reading)) {
    const text = readText(item, reading);
    if (text === undefined) continue;
    const key = keyOf(text.value, policy);
    const again = 'error' in key ? undefined : keys.find(({ id }) => id === key.id);
    const error =
      'error' in key
        ? key.error
        : again && `another key of this list has algorithm and tag ${key.id} too: one of them has to be replaced there`;
    if (error !== undefined) complain(reading, rules['describe/foreign-key'], text.at, { error });
    else if ('rdata' in key) keys.push({ value: key.rdata, id: key.id, at: text.at });
  }
  const nameservers =
    servers === undefined ? [] : itemsOf(servers, reading).flatMap((item) => readTarget(item, reading) ?? []);
  return { keys, nameservers: nameservers as readonly At<Name>[] };
}

function keyOf(text: string, { keys: { algorithm } }: Policy): { rdata: Octets; id: string } | { error: string } {
  if (/Private-key-format|PrivateKey|BEGIN [A-Z ]*PRIVATE KEY/.test(text)) {
    return {
      error:
        'this is a private key: only DNSKEY records belong here. Whoever has read it can sign the zone: tell the other provider to roll it',
    };
  }
  const rdata = encodeRecord(Type.DNSKEY, text.trim());
  if (!(rdata instanceof Uint8Array))
    return { error: `expected DNSKEY data such as 257 3 13 and the key: ${rdata.error}` };
  const flags = (rdata[0] << 8) | rdata[1];
  const [, , protocol, found] = rdata;
  if ((flags & Flag.revoke) !== 0)
    return { error: 'the key is revoked (RFC 5011), and no DS and no signature of it counts' };
  if (flags !== Flag.zone && flags !== (Flag.zone | Flag.sep))
    return { error: `flags 256 or 257 were expected, found ${flags}` };
  if (protocol !== 3) return { error: `protocol 3 was expected, found ${protocol}` };
  if (found !== algorithm) {
    const [theirs, ours] = [algorithmName(found), algorithmName(algorithm)];
    return {
      error: `the key is ${theirs} and this zone is signed with ${ours}: both providers sign with the same algorithm, or validators that insist on every algorithm of the DS set refuse the answers of one of them (RFC 8901 section 4)`,
    };
  }
  const fault = publicKeyFault(found, rdata.subarray(4));
  if (fault !== undefined) return { error: `this is no key of ${algorithmName(found)}: ${fault.error}` };
  return { rdata, id: `${algorithmName(found)} ${keyTag(rdata)}` };
}
