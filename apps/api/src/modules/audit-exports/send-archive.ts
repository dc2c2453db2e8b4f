import { Readable } from 'node:stream';
import { type FastifyReply } from 'fastify';
import { type ExportArchive } from './audit-exports.service';

/** Piece by piece: an archive of any size costs the memory of one of them. */
export async function sendArchive(reply: FastifyReply, { name, bytes, pieces }: ExportArchive): Promise<void> {
  await reply
    .headers({
      'content-type': 'application/gzip',
      'content-length': String(bytes),
      'content-disposition': `attachment; filename="${name}"`,
    })
    .send(Readable.from(pieces));
}
