import { credentialsFrom, type UploaderOptions } from 'oss-resumable-upload';

/** Where the demo server says to upload to. */
export interface Place {
	readonly mode: 'emulator' | 'oss';
	readonly bucket: string;
	readonly region: string;
	readonly endpoint?: string;
}

/** What goes wrong at the emulator now. */
export interface Weather {
	/** Bytes per second and connection; 0 where nothing is slowed down. */
	readonly slow: number;
	readonly errors: boolean;
	readonly cuts: boolean;
}

export type WeatherKind = keyof Weather;

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
	if (!mode || !bucket || !region) throw new Error('The demo server does not say where to upload to.');
	return { ...place, mode, bucket, region };
}

/** Tokens from the server's STS: the secret that ends soon comes to the page. */
export const fetchCredentials: NonNullable<UploaderOptions['getCredentials']> = credentialsFrom('/sts', {
	method: 'POST',
});

/** Or the server signs each request, and no secret comes to the page at all. */
export const fetchSignature: NonNullable<UploaderOptions['signRequest']> = async ({ signal, ...request }) =>
	Object(await ask('POST', '/sign', request, signal));

/** The demo server's own, which sends the browser on to the object. */
export const objectUrl = (key: string): string => `/object?key=${encodeURIComponent(key)}`;

export const loadWeather = async (): Promise<Weather> => weatherOf(await ask('GET', '/weather'));

/** Makes the emulator misbehave, or behave again; see `demo/server/weather.ts`. */
export const changeWeather = async (
	kind: WeatherKind,
	isOn: boolean,
	bytesPerSecond?: number,
): Promise<Weather> => weatherOf(await ask('POST', '/weather', { kind, isOn, bytesPerSecond }));

export const expireTokens = (): Promise<unknown> => ask('POST', '/expire');

function weatherOf(answer: unknown): Weather {
	const { slow, errors, cuts }: Partial<Weather> = { ...Object(answer) };
	return { slow: Number(slow), errors: errors === true, cuts: cuts === true };
}
