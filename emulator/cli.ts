#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { startEmulator } from './index.js';
import { onParentGone } from './parent.js';

const HELP = `oss-emulator: an OSS on this machine alone, at 127.0.0.1, for tests and development

  --port <number>              0, the default, takes a free one
  --bucket <name>              examplebucket by default; may be given several times
  --region <id>                cn-hangzhou by default: what V4 signatures must be made for
  --directory <path>           where the bytes lie; a temporary one by default, removed at the end
  --discard                    keep sizes and checksums only
  --control-origin <origin>    the page whose requests /-/ answers; everybody's by default; several times
  --no-callbacks               refuse uploads with a callback
  --bytes-per-second <number>  of each connection: as slow as people's lines are; without limit by default
  --help

It ends with the process that started it, and on Ctrl+C. What it stores ends with it.`;

const OPTIONS = {
	port: { type: 'string', default: '0' },
	bucket: { type: 'string', multiple: true },
	region: { type: 'string' },
	directory: { type: 'string' },
	discard: { type: 'boolean', default: false },
	'control-origin': { type: 'string', multiple: true },
	'no-callbacks': { type: 'boolean', default: false },
	'bytes-per-second': { type: 'string' },
	help: { type: 'boolean', default: false },
} as const;

function readOptions() {
	const { values } = parseArgs({ options: OPTIONS });
	const port = Number(values.port);
	if (!Number.isInteger(port) || port < 0 || port > 65_535) {
		throw new Error(`--port is a number from 0 to 65535, and not ${values.port}`);
	}
	const rate = values['bytes-per-second'];
	const bytesPerSecond = rate === undefined ? undefined : Number(rate);
	if (bytesPerSecond !== undefined && !(bytesPerSecond >= 1)) {
		throw new Error(`--bytes-per-second is a number from 1 on, and not ${rate}`);
	}
	return { ...values, port, bytesPerSecond };
}

async function main(): Promise<void> {
	const { help, port, bytesPerSecond, bucket, region, directory, discard, ...values } = readOptions();
	if (help) {
		console.log(HELP);
		return;
	}
	const controlOrigin = values['control-origin'];
	const emulator = await startEmulator({
		port,
		discard,
		callbacks: !values['no-callbacks'],
		...(bucket && { buckets: bucket }),
		...(region !== undefined && { region }),
		...(controlOrigin && { controlOrigin }),
		...(directory !== undefined && { directory }),
		...(bytesPerSecond !== undefined && { bytesPerSecond }),
	});
	console.log(`OSS emulator   ${emulator.url}`);
	console.log(`region         ${emulator.region}`);
	console.log(`bucket         ${(bucket ?? ['examplebucket']).join(', ')}`);
	console.log(`access key id  ${emulator.accessKeyId}`);
	console.log(`       secret  ${emulator.accessKeySecret}`);
	console.log(`tokens         curl -X POST '${emulator.url}/-/sts?ttl=3600'`);

	const end = (): void => void emulator.close().then(() => process.exit(0));
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
	onParentGone(end);
}

try {
	await main();
} catch (error) {
	const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
	const message = error instanceof Error ? error.message : String(error);
	console.error(isTaken ? `${message}: choose another --port, or 0 for a free one` : message);
	process.exitCode = 1;
}
