import { randomBytes } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { MiB } from './units.js';

/** A file of random bytes on disk. */
export async function randomFile(directory: string, name: string, size: number): Promise<string> {
	const path = join(directory, name);
	const file = await open(path, 'w');
	for (let left = size; left > 0; left -= 16 * MiB) await file.write(randomBytes(Math.min(left, 16 * MiB)));
	await file.close();
	return path;
}

/** Files of random bytes in a folder of their own, in this order. */
export async function randomFiles(
	directory: string,
	name: string,
	sizes: readonly number[],
): Promise<readonly string[]> {
	const folder = join(directory, name);
	await mkdir(folder, { recursive: true });
	const paths: string[] = [];
	for (const [at, size] of sizes.entries()) paths.push(await randomFile(folder, `${at + 1}.bin`, size));
	return paths;
}

/** A file of zeros that takes no room. */
export async function sparseFile(directory: string, name: string, size: number): Promise<string> {
	const path = join(directory, name);
	const file = await open(path, 'w');
	await file.truncate(size);
	await file.close();
	return path;
}
