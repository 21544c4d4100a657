/** The job that signs a part of a zone: names and NSEC3 records become text in the worker, the main thread only writes it. */
import { Type } from '../dns/type.ts';
import type { NameId, Role } from '../dns/zone.ts';
import type { Job } from '../parallel/executor.ts';
import { hasNsec, isSigned } from './denial.ts';
import { type DenialPlan, DenialRecords } from './denial-records.ts';
import type { Rank } from './nsec3-chain.ts';
import { PartSigner, type SignedPart, type SigningPlan } from './part-signer.ts';
import { isRankNext, isTwin, type NamePart } from './parts.ts';

export interface PartShared {
  readonly signing: SigningPlan;
  readonly denial: DenialPlan;
}

const noRank = -1;

export const signPartJob: Job<PartShared, NamePart, SignedPart> = {
  name: 'sign/part',
  prepare({ signing, denial }) {
    const { columns } = signing;
    const { chain } = denial;
    const { names, nameStart, role, rrsetStart, type } = columns;
    const denialType = chain === undefined ? Type.NSEC : Type.NSEC3;
    const signer = new PartSigner(signing);
    const { table } = signer;
    const records = new DenialRecords(columns, denial);

    /** The RRsets of a name by type, its denial record among them; `rank` is an NSEC3 record that has the name as its owner. */
    function addName(id: NameId, rank: Rank): void {
      let denied = chain !== undefined ? rank !== noRank : hasNsec(role[id]);
      const addDenial = () => {
        denied = false;
        if (chain === undefined) records.addNsec(table, id);
        else records.addNsec3(table, chain, rank);
      };
      for (let row = rrsetStart[id]; row < rrsetStart[id + 1]; row++) {
        if (denied && type[row] > denialType) addDenial();
        table.addRow(row, isSigned(role[id] as Role, type[row]));
      }
      if (denied) addDenial();
      table.endOwner(names.subarray(nameStart[id], nameStart[id + 1]));
    }

    return ({ from, to, rankFrom, rankTo }) => {
      let id = from;
      let rank = rankFrom;
      while (id < to || rank < rankTo) {
        if (chain !== undefined && isRankNext(chain, rank, rankTo, id)) {
          records.addNsec3(table, chain, rank);
          table.endOwner(records.ownerOf(chain, rank++));
        } else {
          addName(id, isTwin(chain, rank, rankTo, id) ? rank++ : noRank);
          id++;
        }
      }
      return signer.finish();
    };
  },
};
