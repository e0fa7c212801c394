import type { Logger } from '../../util/logger.js';

export async function mendManifest(_folder: string, _logger: Logger): Promise<void> {}
