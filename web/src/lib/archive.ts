// The files in a ZIP, read from its directory at the end. Nobody vouches for them: only those that are asked for
// are unpacked, none further than `most` bytes, and what is damaged, encrypted or packed otherwise is an error.

export interface Entry {
  name: string;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

export class ArchiveError extends Error {}

const entriesMost = 5000;
const text = new TextDecoder();

const isAt = (data: DataView, at: number, mark: number) => at >= 0 && at + 4 <= data.byteLength && data.getUint32(at, true) === mark;

export const isArchive = (bytes: Uint8Array) => bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;

async function inflated(packed: Uint8Array<ArrayBuffer>, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length;
    if (length > most) {
      await reader.cancel();
      throw new ArchiveError("too large");
    }
    parts.push(part.value as Uint8Array<ArrayBuffer>);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

interface Place {
  flags: number;
  method: number;
  packed: number; // bytes
  at: number; // of its own head
}

async function unpack(bytes: Uint8Array<ArrayBuffer>, data: DataView, place: Place, most: number): Promise<Uint8Array<ArrayBuffer>> {
  if ((place.flags & 1) !== 0 || !isAt(data, place.at, 0x04034b50) || place.at + 30 > data.byteLength) throw new ArchiveError("damaged");
  const from = place.at + 30 + data.getUint16(place.at + 26, true) + data.getUint16(place.at + 28, true);
  if (from + place.packed > bytes.length) throw new ArchiveError("damaged");
  const packed = bytes.slice(from, from + place.packed);
  if (place.method === 0 && packed.length <= most) return packed;
  if (place.method !== 8) throw new ArchiveError(place.method === 0 ? "too large" : "damaged");
  try {
    return await inflated(packed, most);
  } catch (cause) {
    throw cause instanceof ArchiveError ? cause : new ArchiveError("damaged");
  }
}

export function entriesOf(bytes: Uint8Array<ArrayBuffer>, most: number): Entry[] {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && end > bytes.length - 22 - 65536 && !isAt(data, end, 0x06054b50)) end--;
  if (!isAt(data, end, 0x06054b50)) throw new ArchiveError("damaged");
  const count = data.getUint16(end + 10, true);
  let at = data.getUint32(end + 16, true);
  if (count > entriesMost) throw new ArchiveError("too large");
  const found: Entry[] = [];
  for (let n = 0; n < count; n++) {
    if (!isAt(data, at, 0x02014b50) || at + 46 > bytes.length) throw new ArchiveError("damaged");
    const place = {
      flags: data.getUint16(at + 8, true), method: data.getUint16(at + 10, true),
      packed: data.getUint32(at + 20, true), at: data.getUint32(at + 42, true),
    };
    const length = data.getUint16(at + 28, true);
    const name = text.decode(bytes.subarray(at + 46, at + 46 + length));
    found.push({ name, read: () => unpack(bytes, data, place, most) });
    at += 46 + length + data.getUint16(at + 30, true) + data.getUint16(at + 32, true);
  }
  return found;
}
