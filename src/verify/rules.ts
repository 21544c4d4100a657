/** Everything that `verify` can say; the entries stand in the files of their subjects. */
import { denialRules } from './denial-rules.ts';
import { keyRules } from './key-rules.ts';
import { signatureRules } from './signature-rules.ts';

export const rules = { ...signatureRules, ...denialRules, ...keyRules };
