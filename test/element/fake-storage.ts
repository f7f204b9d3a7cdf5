import { vi } from 'vitest';

/** `localStorage` in Node, until globals are no longer stubbed; what lies in it. */
export function stubLocalStorage(): Map<string, string> {
	const stored = new Map<string, string>();
	vi.stubGlobal('localStorage', {
		getItem: (name: string) => stored.get(name) ?? null,
		setItem: (name: string, text: string) => stored.set(name, text),
		removeItem: (name: string) => stored.delete(name),
	});
	return stored;
}
