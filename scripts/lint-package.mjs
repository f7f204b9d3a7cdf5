import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { problemKindInfo } from '@arethetypeswrong/core/problems';
import { pack } from '@publint/pack';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** Those of attw's profile `esm-only`: nothing is promised to `require`, nor to a resolution that knows no `exports`. */
const IGNORED_RESOLUTIONS = ['node10', 'node16-cjs'];

/**
 * What is wrong with the package as npm would publish it, with what dist holds now.
 *
 * @param {string} root of the package
 * @returns {Promise<string[]>} a line for each problem
 */
export async function lintPackage(root) {
	const destination = await mkdtemp(join(tmpdir(), 'packed-'));
	try {
		const tarball = await readFile(
			await pack(root, { packageManager: 'npm', ignoreScripts: true, destination }),
		);
		const bytes = Uint8Array.from(tarball);
		return [...(await askPublint(bytes)), ...(await askAttw(bytes))];
	} finally {
		await rm(destination, { recursive: true, force: true });
	}
}

async function askPublint({ buffer }) {
	const { messages, pkg } = await publint({ strict: true, pack: { tarball: buffer } });
	return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
}

async function askAttw(bytes) {
	const { types, problems } = await checkPackage(createPackageFromTarballData(bytes));
	if (!types) return ['attw: the package has no types'];
	return problems
		.filter(({ resolutionKind }) => !IGNORED_RESOLUTIONS.includes(resolutionKind))
		.map(({ kind, ...where }) => `attw: ${problemKindInfo[kind].title} ${JSON.stringify(where)}`);
}
