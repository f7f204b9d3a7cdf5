import type { Place } from './server-api.js';
import type { Settings } from './settings.js';

const MiB = 1024 * 1024;

const SIGN = `signRequest: async ({ signal, ...request }) => {
		const body = JSON.stringify(request);
		const response = await fetch('/sign', { method: 'POST', body, signal });
		return response.json();
	}`;

/** The code of an app that does what this page does now. What is as by default is not said. */
export function snippetOf(place: Place, settings: Settings): string {
	const { bucket, region, endpoint } = place;
	const { parallel, sign, transport } = settings;
	const names = ['createUploader'];
	if (sign === 'page') names.push('credentialsFrom');
	if (transport === 'fetch') names.push('fetchTransport');
	const uploader = [
		`bucket: '${bucket}'`,
		`region: '${region}'`,
		endpoint && `endpoint: '${endpoint}'`,
		parallel !== 5 && `parallel: ${parallel}`,
		sign === 'server' ? SIGN : "getCredentials: credentialsFrom('/sts', { method: 'POST' })",
	];
	return `// <oss-upload multiple directory whole-page>
import {
${lines(names)}
} from 'oss-resumable-upload';
import 'oss-resumable-upload/element';

const element = document.querySelector('oss-upload');

element.objectKey = (file, unfinished, path) =>
	unfinished?.key ??
	\`demo/\${crypto.randomUUID()}/\${path}\`;
element.objectUrl = ({ key }) => \`/object?key=\${encodeURIComponent(key)}\`;
${uploadOptions(settings)}
element.uploader = createUploader({
${lines(uploader)}
});
`;
}

function uploadOptions({ transport, partSize, verify }: Settings): string {
	const options = [
		transport === 'fetch' && 'transport: fetchTransport()',
		partSize !== 'auto' && `partSize: ${bytes(partSize)}`,
		verify !== 'crc64' && `verify: '${verify}'`,
	];
	return options.some(Boolean) ? `\nelement.uploadOptions = {\n${lines(options)}\n};\n` : '';
}

const bytes = (size: number): string => (size % MiB === 0 ? `${size / MiB} * 1024 * 1024` : String(size));

const lines = (options: readonly (string | false | undefined)[]): string =>
	options
		.filter(Boolean)
		.map((option) => `\t${option},`)
		.join('\n');

const TOKEN =
	/(?<comment>\/\/.*)|(?<string>'[^']*'|`[^`]*`)|\b(?<keyword>import|from|const|async|await|return)\b|\b(?<number>\d+)\b/g;

/** Text and what kind of word it is, `''` for none. */
export function* wordsOf(code: string): Generator<readonly [text: string, kind: string]> {
	let end = 0;
	for (const match of code.matchAll(TOKEN)) {
		const [kind = '', text = ''] =
			Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined) ?? [];
		yield [code.slice(end, match.index), ''];
		yield [text, kind];
		end = match.index + match[0].length;
	}
	yield [code.slice(end), ''];
}
