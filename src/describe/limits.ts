/**
 * What a description may take, so that input that was made to exhaust the machine is refused with a sentence. Far above
 * what people write: a provider with 50,000 zones stays below.
 */
export const limits = {
  /** Octets of one YAML file. */
  yamlOctets: 32 << 20,
  /** Octets of one list file. */
  listOctets: 16 << 20,
  /** Collections inside collections; a record's value stands at 9. */
  depth: 32,
  /** Values of one file, each use of an alias counted with all it stands for. */
  nodes: 4_000_000,
  /** Uses of aliases in one file. */
  aliases: 10_000,
  /** `like` after `like`. */
  likeDepth: 16,
  domains: 200_000,
  /** Records of all domains together, after `like` and groups. */
  records: 10_000_000,
  /** Problems that are collected; the rest would tell nobody more. */
  problems: 10_000,
} as const;
