import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const deflate = promisify(gzip);
const BLOCK = 512;

/**
 * One file of a `.tar.gz`, compressed by itself. Pieces that stand one after the other are an archive: a gzip stream may
 * have many members. So an export can be made piece by piece, and one that was interrupted goes on after its last piece.
 *
 * Written here, because the libraries for tar make whole archives in one go; all that is needed of the format (POSIX
 * ustar) is this header.
 */
export async function archivePiece(name: string, content: Buffer): Promise<Buffer> {
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return deflate(Buffer.concat([header(name, content.length), content, padding]));
}

/** What an archive ends with. */
export function archiveEnd(): Promise<Buffer> {
  return deflate(Buffer.alloc(2 * BLOCK));
}

export function sha256Hex(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(name) > 100) throw new Error('the name of a file in an archive has at most 100 bytes');
  block.write(name, 0, 'latin1');
  block.write('0000644\0', 100, 'latin1');
  block.write('0000000\0', 108, 'latin1');
  block.write('0000000\0', 116, 'latin1');
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  // No time: the same export has the same bytes.
  block.write('00000000000\0', 136, 'latin1');
  // The sum is taken with blanks in its own place.
  block.write('        0', 148, 'latin1');
  block.write('ustar\u000000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
