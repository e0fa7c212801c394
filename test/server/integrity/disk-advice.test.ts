import { expect } from 'chai';
import { EngineCorruptionError } from '../../../src/ports/engine.js';
import { DiskError, withDiskAdvice } from '../../../src/server/integrity/disk-advice.js';

describe('withDiskAdvice', () => {
  const advise = (error: Error): Error => withDiskAdvice(error, '/data');
  const systemError = (code: string): Error =>
    Object.assign(new Error(`${code}: it failed`), { code, syscall: 'write' });
  const levelError = (code: string, text: string): Error =>
    new Error('Database failed', { cause: Object.assign(new Error(text), { code }) });

  it('distinguishes a full disk from a failed one, in errors of the log and of the engine', () => {
    const cases: [Error, string][] = [
      [systemError('ENOSPC'), 'disk-full'],
      [systemError('EDQUOT'), 'disk-full'],
      [systemError('EIO'), 'disk-failed'],
      [systemError('EROFS'), 'disk-failed'],
      [levelError('LEVEL_IO_ERROR', 'IO error: /data/000012.ldb: No space left on device'), 'disk-full'],
      [levelError('LEVEL_IO_ERROR', 'IO error: /data/000012.ldb: Input/output error'), 'disk-failed'],
      // A start on a full disk had no advice: the outer error has a code of its own.
      [
        Object.assign(levelError('LEVEL_IO_ERROR', 'IO error: /data/000007.ldb: No space left on device'), {
          code: 'LEVEL_DATABASE_NOT_OPEN',
        }),
        'disk-full',
      ],
      [levelError('LEVEL_CORRUPTION', 'Corruption: block checksum mismatch'), 'disk-damaged'],
      [new EngineCorruptionError('the value of key 01 fails its checksum'), 'disk-damaged'],
    ];
    for (const [error, code] of cases) {
      const advised = advise(error);
      expect(advised, error.message).to.be.instanceOf(DiskError);
      expect(advised).to.include({ code, cause: error });
      expect(advised.message).to.include('/data').and.not.include('\n');
    }
  });

  it('says how to bring a damaged member back', () => {
    const { message } = advise(new EngineCorruptionError('table 7 is damaged near byte 12'));
    expect(message).to.match(/table 7 is damaged near byte 12.*remove this member from the cluster.*add it again/);
  });

  it('leaves other errors alone', () => {
    for (const error of [new Error('a bug'), systemError('EADDRINUSE'), systemError('ENOENT')]) {
      expect(advise(error)).to.equal(error);
    }
  });
});
