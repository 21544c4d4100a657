import { describe, expect, test } from 'vitest';
import { Life, policy } from './life.ts';

describe('first signing', () => {
  test('keys and signatures come at once, the DS when the zone without them is in no cache', () => {
    expect(new Life(policy).story()).toEqual([
      [0, 'K1 RRRH'],
      [3, 'K1 OROH'],
      [25, 'K1 OOOR'],
      [50, 'K1 OOOO'],
    ]);
  });
});
