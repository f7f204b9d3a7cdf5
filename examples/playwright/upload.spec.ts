import { type APIRequestContext, expect, test } from 'playwright/test';

const oss = 'http://127.0.0.1:9123/-/';

/** 3.5 MiB, four parts. */
const film = { name: 'a.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(3.5 * 1024 * 1024, 'film') };

const storedParts = async (request: APIRequestContext): Promise<number[]> => {
	const records: { operation: string; partNumber: number; stored: boolean }[] = await (
		await request.get(`${oss}requests`)
	).json();
	return records
		.filter(({ operation, stored }) => operation === 'UploadPart' && stored)
		.map(({ partNumber }) => partNumber)
		.sort();
};

test.beforeEach(async ({ request }) => {
	await request.delete(`${oss}faults`);
	await request.delete(`${oss}requests`);
});

test('an upload goes on after the page was loaded anew', async ({ page, request }) => {
	// The third part hangs.
	const action = { type: 'hang' };
	await request.post(`${oss}faults`, { data: { operation: 'UploadPart', partNumber: 3, action } });
	await page.goto('/');
	await page.getByLabel('Film').setInputFiles(film);
	await expect.poll(() => storedParts(request)).toEqual([1, 2, 4]);
	await page.reload();
	await request.delete(`${oss}faults`);

	await page.getByLabel('Film').setInputFiles(film);
	await expect(page.getByRole('status')).toHaveText(/^stored as films\/a\.mp4, 2\d{6} bytes of it before$/);
	expect(await storedParts(request)).toEqual([1, 2, 3, 4]);
	const object = await (await request.get(`${oss}objects/examplebucket/films/a.mp4`)).json();
	expect(object.size).toBe(film.buffer.length);
});

test('what OSS refuses, the page says', async ({ page, request }) => {
	const action = { type: 'status', status: 403, code: 'AccessDenied' };
	await request.post(`${oss}faults`, { data: { times: 'always', action } });
	await page.goto('/');
	await page.getByLabel('Film').setInputFiles(film);
	await expect(page.getByRole('status')).toHaveText(/AccessDenied/);
});
