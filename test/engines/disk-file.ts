import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

const MiB = 1024 * 1024;

/** Of any size, in memory a MiB at a time. `r+` writes over a file that is there, which is at no moment shorter. */
export async function writeRandom(path: string, size: number, flags: 'w' | 'r+' = 'w'): Promise<void> {
	const chunk = Buffer.alloc(MiB);
	const file = await open(path, flags);
	for (let at = 0; at < size; at += MiB) {
		await file.write(randomFillSync(chunk), 0, Math.min(MiB, size - at));
	}
	await file.close();
}

/** Lower-case hex. */
export async function sha256Of(path: string): Promise<string> {
	const hash = createHash('sha256');
	for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
	return hash.digest('hex');
}
