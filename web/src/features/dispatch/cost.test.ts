import { describe, expect, it } from 'vitest';
import { costOf } from './cost';

describe('sending a unit that is busy', () => {
  const row = { id: 142 };
  const job = { number: '0139', units: [21, 22] };
  it('costs nothing for a free one, and for one that is there already', () => {
    expect(costOf(row, { id: 21, incident_id: null }, undefined)).toBeNull();
    expect(costOf(row, { id: 21, incident_id: 142 }, job)).toBeNull();
  });
  it('names the job that it leaves, who stays there, and when it would arrive', () => {
    const list = [{ unit_id: 21, preempt: { incident_id: 139, number: '0139', eta_s: 95 } }];
    expect(costOf(row, { id: 21, incident_id: 139 }, job, list)).toEqual({ number: '0139', others: 1, eta_s: 95 });
  });
  it('is known without a recommendation too', () => {
    expect(costOf(row, { id: 21, incident_id: 139 }, { number: '0139', units: [21] })).toEqual({ number: '0139', others: 0, eta_s: null });
    expect(costOf(row, { id: 21, incident_id: 139 }, undefined)?.number).toBe('139');
  });
});
