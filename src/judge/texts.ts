/** The content of TXT records. */

/** The strings of the RDATA put together (RFC 7208 section 3.3), octet for octet. */
export function contentOf(rdata: Uint8Array): string {
  let text = '';
  for (let at = 0; at < rdata.length; at += 1 + rdata[at]) {
    text += Buffer.from(rdata.subarray(at + 1, at + 1 + rdata[at])).toString('latin1');
  }
  return text;
}
