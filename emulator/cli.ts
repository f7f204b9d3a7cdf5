import { parseArgs } from 'node:util';
import { startEmulator } from './index.js';

const { values } = parseArgs({
	options: {
		port: { type: 'string', default: '0' },
		directory: { type: 'string' },
		discard: { type: 'boolean', default: false },
		'control-origin': { type: 'string', multiple: true },
		'no-callbacks': { type: 'boolean', default: false },
	},
});

const emulator = await startEmulator({
	port: Number(values.port),
	discard: values.discard,
	callbacks: !values['no-callbacks'],
	...(values['control-origin'] === undefined ? {} : { controlOrigin: values['control-origin'] }),
	...(values.directory === undefined ? {} : { directory: values.directory }),
});
console.log(`OSS emulator   ${emulator.url}`);
console.log(`region         ${emulator.region}`);
console.log('bucket         examplebucket');
console.log(`access key id  ${emulator.accessKeyId}`);
console.log(`       secret  ${emulator.accessKeySecret}`);
console.log(`tokens         curl -X POST '${emulator.url}/-/sts?ttl=3600'`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => {
		void emulator.close().then(() => process.exit(0));
	});
}
