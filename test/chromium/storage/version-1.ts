import { type IDBPDatabase, openDB } from 'idb';

/** An upload's row as 0.1.0 wrote it, of a file of ten parts of 100 KiB and one byte. */
export const uploadRow = {
	id: 'user-1/examplebucket/exampledir/film.mp4/v1-1024001-ABC',
	scope: 'user-1',
	bucket: 'examplebucket',
	key: 'exampledir/film.mp4',
	fingerprint: 'v1-1024001-ABC',
	uploadId: '0004B9894A22E5B1888A1E29F823',
	size: 1_024_001,
	partSize: 102_400,
	name: 'film.mp4',
	lastModified: 1_700_000_000_000,
	settings: { headers: { 'x-oss-meta-a': 'b' }, guessedContentType: 'video/mp4', verify: 'crc64' },
	initiateDigest: '[["x-oss-meta-a","b"]]',
	createdAt: 1_764_000_000_000,
	ttlMs: 604_800_000,
	completing: false,
};

/** A part's row as 0.1.0 wrote it. */
export const partRow = {
	partNumber: 1,
	size: 102_400,
	etag: '"5EB63BBBE01EEED093CB22BB8F5ACDC3"',
	crc64: '11051210869376104954',
	verified: true,
	id: uploadRow.id,
	at: 1_764_000_005_000,
};

/** A connection as that of a tab that runs 0.1.0, with its stores where there were none. It gives way to a newer version. */
export async function openVersion1(name: string, blocking?: () => void): Promise<IDBPDatabase> {
	const database = await openDB(name, 1, {
		upgrade(created) {
			created.createObjectStore('uploads', { keyPath: 'id' });
			const parts = created.createObjectStore('parts', { keyPath: ['id', 'partNumber'] });
			parts.createIndex('at', ['id', 'at']);
		},
		blocking: blocking ?? (() => database.close()),
	});
	return database;
}

/** A database as an earlier visit with 0.1.0 left it, of these uploads, each with one part. */
export async function leaveVersion1(name: string, uploads: readonly object[] = [uploadRow]): Promise<void> {
	const database = await openVersion1(name);
	for (const row of uploads) await database.put('uploads', row);
	await database.put('parts', partRow);
	database.close();
}
