/**
 * Where records were written: one 32-bit key per record instead of an object. Keys are handed out in blocks, so that a key
 * names a file and a line, or a whole position from YAML, with nothing kept per record of a master file.
 */
import type { Position } from '../text/problem.ts';
import type { Origins } from './zone.ts';

/** Lines per block: 2^20 blocks of 2^12 lines, so that many small files and few large ones both fit. */
const blockBits = 12;
const blockSize = 1 << blockBits;
const maxBlocks = 2 ** (32 - blockBits);

interface LineBlock {
  readonly file: string;
  readonly firstLine: number;
}

export interface OriginTable extends Origins {
  /** Makes the keys of one file; a line counts from 1 and may come in any order. */
  addFile(file: string): (line: number) => number;
  /** The key of one position, with its column. */
  add(position: Position): number;
}

/** Key 0 is "unknown"; so is everything after the table is full (some four thousand million lines). */
export function newOriginTable(): OriginTable {
  const blocks: (LineBlock | Position[])[] = [[]];
  let positions: Position[] = [];
  let positionsBlock = -1;
  let last: Position | undefined;
  let lastKey = 0;

  const newBlock = (block: LineBlock | Position[]): number => {
    if (blocks.length === maxBlocks) return -1;
    blocks.push(block);
    return blocks.length - 1;
  };

  return {
    addFile(file) {
      const own = new Map<number, number>();
      let part = -1;
      let base = 0;
      return (line) => {
        const wanted = line >>> blockBits;
        if (wanted !== part) {
          part = wanted;
          let block = own.get(part);
          if (block === undefined) {
            block = newBlock({ file, firstLine: part * blockSize });
            own.set(part, block);
          }
          base = block < 0 ? -1 : block * blockSize;
        }
        return base < 0 ? 0 : base + (line & (blockSize - 1));
      };
    },
    add(position) {
      if (position === last) return lastKey;
      if (positionsBlock < 0 || positions.length === blockSize) {
        positions = [];
        positionsBlock = newBlock(positions);
        if (positionsBlock < 0) return 0;
      }
      last = position;
      lastKey = positionsBlock * blockSize + positions.push(position) - 1;
      return lastKey;
    },
    positionOf(origin) {
      const block = blocks[Math.floor(origin / blockSize)];
      if (block === undefined) return undefined;
      const within = origin & (blockSize - 1);
      if (Array.isArray(block)) return block[within];
      return { file: block.file, line: block.firstLine + within, column: 1 };
    },
  };
}
