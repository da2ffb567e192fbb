import { clusterIdOf } from './kafka.ts';

describe('the id of a Kafka cluster', () => {
  it('is the UUID in 22 characters', () => {
    expect(clusterIdOf('3f1c2e4a-9d70-4c1e-8a5b-0c2d4e6f8a1b')).toBe(Buffer.from('3f1c2e4a9d704c1e8a5b0c2d4e6f8a1b', 'hex').toString('base64url'));
  });

  it('never begins with a dash, which Kafka takes for an option', () => {
    for (const first of ['f8', 'f9', 'fa', 'fb']) {
      const id = clusterIdOf(`${first}1c2e4a-9d70-4c1e-8a5b-0c2d4e6f8a1b`);
      expect(id).toMatch(/^[A-Za-z0-9]/);
      expect(id).toHaveLength(22);
    }
  });
});
