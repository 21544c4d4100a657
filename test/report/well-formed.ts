/** XML 1.0 as far as drawings need it: tags that match, attributes in quotes, no stray marks, no characters that XML lacks. */

/** Element names in document order; throws where the text is not well-formed. */
export function elementsOf(xml: string): string[] {
  // XML 1.0 section 2.2.
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(xml)) throw new Error('a character that XML lacks');
  const open: string[] = [];
  const names: string[] = [];
  const tag = /<(\/?)([A-Za-z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/y;
  for (let at = 0; at < xml.length; ) {
    const next = xml.indexOf('<', at);
    const text = xml.slice(at, next < 0 ? undefined : next);
    if (/&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)/.test(text)) throw new Error(`a stray & in ${text}`);
    if (open.length === 0 && text.trim() !== '') throw new Error(`text outside of the root: ${text}`);
    if (next < 0) break;
    tag.lastIndex = next;
    const match = tag.exec(xml);
    if (match === null) throw new Error(`no tag: ${xml.slice(next, next + 60)}`);
    const [all, slash, name, attributes, empty] = match;
    if (/&(?!(?:amp|lt|gt|quot|apos|#[0-9]+);)/.test(attributes)) throw new Error(`a stray & in ${attributes}`);
    const given = [...attributes.matchAll(/([\w:-]+)=/g)].map(([, key]) => key);
    if (new Set(given).size !== given.length) throw new Error(`an attribute twice in ${all}`);
    if (slash === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
    } else {
      names.push(name);
      if (empty !== '/') open.push(name);
    }
    at = next + all.length;
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is not closed`);
  return names;
}
