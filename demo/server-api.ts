import { credentialsFrom, type UploaderOptions } from 'oss-resumable-upload';

/** Where the demo server says to upload to. */
export interface Place {
	readonly mode: 'emulator' | 'oss';
	readonly bucket: string;
	readonly region: string;
	readonly endpoint?: string;
}

/** Asks the demo server; rejects with the sentence it answers when it refuses. */
async function ask(
	method: 'GET' | 'POST',
	path: string,
	body?: object,
	signal?: AbortSignal,
): Promise<unknown> {
	const response = await fetch(path, {
		method,
		...(body && { body: JSON.stringify(body) }),
		...(signal && { signal }),
	});
	const text = await response.text();
	const answer: unknown = text === '' ? undefined : JSON.parse(text);
	if (response.ok) return answer;
	throw new Error(`The demo server answered ${response.status}: ${messageOf(answer)}`);
}

const messageOf = (answer: unknown): string =>
	typeof answer === 'object' && answer && 'message' in answer ? String(answer.message) : 'no reason given';

export async function loadPlace(): Promise<Place> {
	const place: Partial<Place> = { ...Object(await ask('GET', '/config')) };
	const { mode, bucket, region } = place;
	if (!mode || !bucket || !region) throw new Error('The demo server does not say where to upload to');
	return { ...place, mode, bucket, region };
}

/** Tokens from the server's STS: the secret that ends soon comes to the page. */
export const fetchCredentials: NonNullable<UploaderOptions['getCredentials']> = credentialsFrom('/sts', {
	method: 'POST',
});

/** Or the server signs each request, and no secret comes to the page at all. */
export const fetchSignature: NonNullable<UploaderOptions['signRequest']> = async ({ signal, ...request }) =>
	Object(await ask('POST', '/sign', request, signal));

/** Makes the emulator misbehave; see `demo/server/weather.ts`. */
export const changeWeather = (kind: string, details: object = {}): Promise<unknown> =>
	ask('POST', '/weather', { kind, ...details });
