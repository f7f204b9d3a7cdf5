/** Of workers only; the DOM's types do not know it. */
interface SyncAccess {
	write(bytes: ArrayBuffer): number;
	truncate(size: number): void;
	flush(): void;
	close(): void;
}

addEventListener('message', async ({ data: { name, blob } }: MessageEvent<{ name: string; blob: Blob }>) => {
	try {
		await write(name, blob);
		postMessage('');
	} catch (error) {
		postMessage(String(error));
	}
});

async function write(name: string, blob: Blob): Promise<void> {
	const directory = await navigator.storage.getDirectory();
	const handle = await directory.getFileHandle(name, { create: true });
	const file: SyncAccess = await Reflect.get(handle, 'createSyncAccessHandle').call(handle);
	file.truncate(0);
	file.write(await blob.arrayBuffer());
	file.flush();
	file.close();
}
