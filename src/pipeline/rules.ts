/** Rules that are decided while a repository is built. */
import { defineRules } from '../text/problem.ts';
import { readableTime } from '../text/time.ts';

interface Zone {
  readonly zone: string;
}

export const rules = defineRules({
  'yaml/unreadable': {
    tier: 'error',
    reach: 'offline',
    title: 'a file of the description cannot be read',
    why: 'what it describes is unknown; the zones that were made from it keep their last content until it can be read',
    fix: 'make it a regular file inside the repository that the user of danezone may read',
    message: (facts: { error: string }) => `the file ${facts.error}`,
  },
  'build/kept': {
    tier: 'information',
    reach: 'offline',
    title: 'a zone keeps its last content',
    why: 'its input has errors; the content of the last good build is signed again, so that nothing expires meanwhile',
    fix: 'correct the errors of this zone',
    message: (facts: Zone & { errors: number }) =>
      `${facts.zone} keeps its last content, signed again (${facts.errors} ${facts.errors === 1 ? 'error' : 'errors'})`,
  },
  'build/not-signed-again': {
    tier: 'error',
    reach: 'offline',
    title: 'the last output of a zone stays as it is, and its signatures run out',
    why: 'it cannot be signed again with the state that is there; from the date on, validating resolvers refuse the zone',
    fix: 'before that date bring back what the other errors of the zone name: keys/<zone>/ whole, private halves too, from version control or the backup; then danezone build, or danezone resign while its description is broken, and publish',
    message: (facts: Zone & { expiry: number; now: number }) =>
      `${facts.zone} is left as it is: its first signatures ${facts.expiry > facts.now ? 'run' : 'ran'} out at ${readableTime(facts.expiry)}`,
  },
  'build/undescribed': {
    tier: 'error',
    reach: 'offline',
    title: 'the file that describes a zone cannot be read',
    why: 'what the zone should hold now is unknown; it keeps its last content',
    fix: 'correct the file; the zone is taken out only by a description that can be read whole',
    message: (facts: Zone & { files: string }) =>
      `${facts.zone} was described in a file that cannot be read now: ${facts.files}`,
  },
  'build/absent': {
    tier: 'error',
    reach: 'offline',
    title: 'a zone has errors and no earlier content to keep',
    why: 'there is nothing to serve for it',
    fix: 'correct the errors of this zone',
    message: (facts: Zone) => `${facts.zone} is not built and was never built before`,
  },
  'build/failed-verification': {
    tier: 'error',
    reach: 'offline',
    title: 'a zone failed its own verification',
    why: 'what was signed is not what validators would accept; it does not replace the last good file',
    fix: 'this is a bug in danezone, or a fault of the machine: keep the message and report it',
    message: (facts: Zone & { what: string }) => `${facts.zone}: ${facts.what}`,
  },
  'build/unsigning': {
    tier: 'error',
    reach: 'offline',
    title: 'a signed zone would become unsigned while its DS may be in caches',
    why: 'validating resolvers answer SERVFAIL for a zone that has a DS and no signatures: the domain and its mail vanish',
    fix: 'let the policy be as it was and run danezone roll insecure ZONE, which says when the DS goes and when the zone may be unsigned; `build --override build/unsigning=ZONE` takes the risk',
    source: 'RFC 6781 section 4.4.2.2',
    message: (facts: Zone) => `${facts.zone} was built signed, and its policy is unsigned now`,
  },
  'build/left-dnssec': {
    tier: 'warning',
    reach: 'offline',
    title: 'a zone is unsigned on request, and its policy would sign it',
    why: 'danezone roll insecure was asked for; the description does not say so, and the request alone keeps the zone unsigned',
    fix: 'write policy: unsigned for the domain; to sign it again, danezone roll abort ZONE',
    source: 'RFC 6781 section 4.4.2.2',
    message: (facts: Zone & { at: number; by: string }) =>
      `${facts.zone} has left DNSSEC, as ${facts.by} asked for at ${readableTime(facts.at)}`,
  },
  'build/tlsa-holds-ds': {
    tier: 'warning',
    reach: 'offline',
    title: 'a TLSA record keeps a zone from leaving DNSSEC',
    why: 'the DS stays as long as the zone has TLSA records, for senders that hold them could not verify them any more; those of hosts were withdrawn, this one stands in the records of the domain',
    fix: 'remove the record from the domain, or from the file that it includes',
    source: 'RFC 7672 section 2.1',
    message: (facts: Zone & { owner: string }) =>
      `${facts.zone} is to leave DNSSEC, and ${facts.owner} has TLSA records`,
  },
  'build/no-keys': {
    tier: 'error',
    reach: 'offline',
    title: 'a zone has no key that signs',
    why: 'the zone cannot be signed',
    fix: 'restore the key files from your backup, or correct the dates in them; keys are made only for a zone that never had any',
    message: (facts: Zone & { what: string }) => `${facts.zone} ${facts.what}`,
  },
  'build/keys-differ': {
    tier: 'warning',
    reach: 'offline',
    title: 'the keys of a zone are not as its policy says',
    why: 'keys are made once, for a new zone; a policy that changes later changes no keys before somebody asks for the rollover',
    fix: 'let the policy say what the keys are, or roll them: danezone roll algorithm ZONE',
    source: 'RFC 6781 section 4.1',
    message: (facts: Zone & { policy: string; keys: string }) =>
      `the policy of ${facts.zone} asks for ${facts.policy}, and the zone is signed with ${facts.keys}`,
  },
  'build/state-lost': {
    tier: 'error',
    reach: 'offline',
    title: 'a zone that was built signed has neither keys nor journal now',
    why: 'new keys would not match the DS at the registrar, and the serial would start again: the domain would vanish for validating resolvers',
    fix: 'restore its folder from a backup; to start anew on purpose, have the DS removed first, then build with --override build/state-lost=ZONE',
    message: (facts: Zone & { folder: string }) =>
      `${facts.zone} was built signed, and its keys and journal are not in ${facts.folder} any more`,
  },
  'build/nothing-declared': {
    tier: 'error',
    reach: 'offline',
    title: 'no domain is declared any more',
    why: 'an empty description is nearly always a checkout that went wrong; every output would be removed',
    fix: 'bring the description back; if no zone is to be served any more, remove the output folder',
    message: (facts: Zone) => `${facts.zone} was built last, and no domain at all is declared in zones/ now`,
  },
  'build/no-keys-made': {
    tier: 'error',
    reach: 'offline',
    title: 'a new zone needs keys, and this run may not make any',
    why: 'a run at another time than now makes no keys, because the state would be wrong for today',
    fix: 'build once without --now, or with --rehearsal on a copy',
    message: (facts: Zone) => `${facts.zone} has no keys yet`,
  },
  'build/state-damaged': {
    tier: 'error',
    reach: 'offline',
    title: 'the state of a zone cannot be read',
    why: 'without it the serial could go back and waits could be cut short',
    fix: 'restore the folder of the zone below keys/ from version control or a backup',
    message: (facts: Zone & { what: string }) => `${facts.zone}: ${facts.what}`,
  },
  'build/gone': {
    tier: 'information',
    reach: 'offline',
    title: 'a zone is no longer declared',
    why: 'its output is removed; its keys and journal stay',
    fix: 'nothing, if that was meant; else declare the domain again',
    message: (facts: Zone) => `${facts.zone} is no longer declared: its output is removed, its keys and journal stay`,
  },
  'ops/silence-expired': {
    tier: 'warning',
    reach: 'offline',
    title: 'a silence has come to its end',
    why: 'what it silenced is said again; nobody has looked at it since',
    fix: 'mend what was silenced, or give the silence a new date and its reason',
    message: (facts: { rule: string; reason: string; until: number }) =>
      `the silence of ${facts.rule} ended ${readableTime(facts.until)}: ${facts.reason}`,
  },
  'ops/silence-of-error': {
    tier: 'warning',
    reach: 'offline',
    title: 'an error cannot be silenced',
    why: 'an error keeps its zone at its last content, whether it is shown or not; the silence has no effect',
    fix: 'remove the silence, and mend the error if there is one',
    message: (facts: { rule: string }) => `${facts.rule} is an error and cannot be silenced`,
  },
  'ops/silence-unknown-rule': {
    tier: 'warning',
    reach: 'offline',
    title: 'a silence of a rule that does not exist',
    why: 'it silences nothing',
    fix: 'write the id that stands in brackets in front of the message',
    message: (facts: { rule: string }) => `there is no rule ${facts.rule}`,
  },
  'ops/silence-unused': {
    tier: 'information',
    reach: 'offline',
    title: 'a silence that silences nothing',
    why: 'what was accepted is gone, or is about another zone; a new problem of this rule would go unseen',
    fix: 'remove the silence',
    message: (facts: { rule: string }) => `nothing of ${facts.rule} is there to be silenced`,
  },
  'ops/state-not-committed': {
    tier: 'warning',
    reach: 'offline',
    title: 'the state of a zone is not in git as it stands on the disk',
    why: 'Every other clone, and every backup made of the repository, signs with an old serial, counts waits from the wrong times, or lacks keys.',
    fix: 'commit the folder of the state after every build, private halves left out or encrypted; if it is kept elsewhere, name it in .gitignore',
    message: (facts: { zones: readonly string[]; file: string; isTracked: boolean }) => {
      const others = facts.zones.length - 1;
      const also = others === 0 ? '' : `, and with it the state of ${others} other ${others === 1 ? 'zone' : 'zones'}`;
      return facts.isTracked
        ? `${facts.file} was changed since it was added to git${also}`
        : `${facts.file} was never added to git${also}`;
    },
  },
  'ops/ungated': {
    tier: 'warning',
    reach: 'offline',
    title: 'the DS is handed out without evidence of publication',
    why: 'a DS at the registrar before every name server serves the DNSKEY makes the zone bogus',
    fix: 'give it to the registrar only when all name servers answer with the new DNSKEY and signatures',
    source: 'RFC 7583 section 3.3.3',
    message: (facts: { zones: number }) =>
      facts.zones === 1
        ? 'the DS waits for no evidence'
        : `the DS records of ${facts.zones} zones wait for no evidence`,
  },
  'rollover/foreign-key-is-ours': {
    tier: 'error',
    reach: 'offline',
    title: 'a key of another provider has algorithm and tag of a key of this zone',
    why: 'signatures name a key by algorithm and tag alone: of two such keys nobody can tell which one signs',
    fix: 'list only the keys of the other provider under foreign:, none that this repository made; where two keys really have one tag, let one of them be rolled first',
    source: 'RFC 4034 section 5.3',
    message: (f: { key: string; isSame: boolean }) =>
      f.isSame
        ? `${f.key} under foreign: is a key of this zone itself`
        : `${f.key} under foreign: has the tag of a key of ours`,
  },
  'rollover/foreign-key-leaves-early': {
    tier: 'error',
    reach: 'offline',
    title: 'a key of another provider leaves while its servers are in the NS set',
    why: 'resolvers that hold our DNSKEY RRset without the key refuse what the servers of the other provider answer, and what caches still have of them; the key stays in the zone, which keeps its last content',
    fix: 'take its servers out of the NS set first and publish that; take its keys out when the TTL of the NS records and the largest TTL of the zone have run out, one after the other',
    source: 'RFC 8901 section 2.1.2',
    message: (f: Zone & { key: string }) =>
      `key ${f.key} of the other provider leaves ${f.zone} no later than its servers`,
  },
  'rollover/foreign-servers-too-early': {
    tier: 'error',
    reach: 'offline',
    title: 'servers of another provider are in the NS set before every cache is ready for them',
    why: 'resolvers that hold the DNSKEY RRset without its keys, or the DS set without its DS, refuse what its servers answer; the zone keeps its last content',
    fix: 'build with foreign: keys and without its servers, publish and confirm it, say danezone confirm ds-seen when the parent shows the DS of both, and name the servers from that date on',
    source: 'RFC 8901 section 2.1.2',
    message: (f: Zone & { earliest?: number; what: string }) =>
      `the servers of the other provider may be named ${f.earliest === undefined ? 'when the keys and DS of both have been seen everywhere' : `from ${readableTime(f.earliest)}`}: ${f.what}`,
  },
  'rollover/standby-without-private-half': {
    tier: 'warning',
    reach: 'offline',
    title: 'a stand-by key is to take over and its private half is not in the folder of the zone',
    why: 'without it nothing can be signed with the key; the zone goes on as it is, and the key that is to be replaced stays in use',
    fix: 'bring the private half back from where it is kept, beside the public half, and build again; or take the roll back: danezone roll abort',
    source: 'RFC 7583 section 4',
    message: (f: { key: string; file: string }) => `${f.key} is to take over, and ${f.file} is not there`,
  },
  'rollover/unsafe-transition': {
    tier: 'error',
    reach: 'offline',
    title: 'a step of a rollover that leaves some cache without a chain',
    why: 'the proof looked at everything that caches may hold together, and found a combination that does not validate; the zone is built with its keys as they were',
    fix: 'see danezone prove; confirm what is published and what the parent shows, restore a lost journal, or report the case: the engine should not have asked for this step. `build --override rollover/unsafe-transition=ZONE` takes it all the same',
    source: 'RFC 7583',
    message: (facts: Zone & { what: string }) => `${facts.zone}: ${facts.what}`,
  },
  'sign/policy': {
    tier: 'error',
    reach: 'offline',
    title: 'the signing policy cannot be met',
    why: 'signatures would expire before they are renewed, or the zone cannot be signed this way',
    fix: 'correct the policy',
    message: (facts: Zone & { what: string }) => `${facts.zone}: ${facts.what}`,
  },
});
