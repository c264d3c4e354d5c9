// localStorage that never throws: private windows and full disks fall back to memory.

export interface Box {
  read(key: string): string | null;
  write(key: string, value: string): void;
}

const memory = new Map<string, string>();

export const box: Box = {
  read(key) {
    try {
      return localStorage.getItem(key) ?? memory.get(key) ?? null;
    } catch {
      return memory.get(key) ?? null;
    }
  },
  write(key, value) {
    memory.set(key, value);
    try {
      localStorage.setItem(key, value);
      memory.delete(key);
    } catch {
      // Kept in memory for as long as the page lives.
    }
  },
};

export function readJson<T>(from: Box, key: string, valid: (value: unknown) => value is T, other: T): T {
  const text = from.read(key);
  if (text === null) return other;
  try {
    const value: unknown = JSON.parse(text);
    return valid(value) ? value : other;
  } catch {
    return other;
  }
}
