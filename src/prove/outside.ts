/** What a green proof does not say. Printed with every result. */
export const outsideTheModel: readonly string[] = [
  'serve-stale: a resolver that goes on with records whose TTL has run out (RFC 8767)',
  'TTL floors: a resolver that keeps records longer than their TTL',
  'name servers and anycast nodes that serve an old version and are not among those that were asked',
  'replay: somebody who shows an old version again for as long as its signatures are valid',
  'the chain above the parent, and the signatures of the parent over the DS set',
  'RRsets of one content that are signed by different keys: the journal knows the keys of the content as a whole',
  'two keys of one zone with the same algorithm and tag: a signature by one counts as made by both',
];
