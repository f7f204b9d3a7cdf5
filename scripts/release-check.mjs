// Whether what is committed can be released: tried in a fresh clone, since a working tree has what nobody else has.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closingLine } from './closing-line.mjs';
import { requireNode } from './node-version.mjs';
import { licenceProblems } from './release/licences.mjs';
import { isLockFile, lockFileProblems } from './release/lock-files.mjs';
import { loggedIn } from './release/logged.mjs';
import { packedProblems } from './release/packed-files.mjs';
import { refuse, runSteps } from './release/run-steps.mjs';
import { versionProblems } from './release/versions.mjs';

const LOGS = 'test-results/release';

const root = fileURLToPath(new URL('../', import.meta.url));
const stage = mkdtempSync(join(tmpdir(), 'release-'));
const clone = join(stage, 'clone');
/** Where the tarball is unpacked. */
const packed = join(stage, 'package');
const command = loggedIn(join(root, LOGS));

const inClone = (name, file, ...args) => command(name, file, args, clone);
const git = (cwd, ...args) => command('git', 'git', args, cwd);
const read = (...path) => readFileSync(join(...path), 'utf8');
const readJson = (...path) => JSON.parse(read(...path));
const readIfThere = (path) => (existsSync(path) ? read(path) : undefined);

async function lookAtTree(directory) {
	const changed = await git(directory, 'status', '--porcelain');
	if (changed) throw new Error(`these files are not as they were committed:\n${changed}`);
}

async function cloneTree() {
	const commit = await git(root, 'rev-parse', 'HEAD');
	await git(root, 'clone', '--quiet', '--no-checkout', root, clone);
	await git(clone, 'checkout', '--quiet', '--detach', commit);
	return commit.slice(0, 12);
}

async function lookAtLockFiles() {
	const files = (await git(clone, 'ls-files')).split('\n').filter(isLockFile);
	refuse(files.flatMap((path) => lockFileProblems(path, read(clone, path))));
	return files.join(', ');
}

function lookAtVersions() {
	const { version } = readJson(clone, 'package.json');
	const texts = { changelog: read(clone, 'CHANGELOG.md'), readme: read(clone, 'README.md') };
	const today = new Date().toISOString().slice(0, 10);
	refuse(versionProblems({ version, lock: readJson(clone, 'package-lock.json'), ...texts, today }));
	return version;
}

async function pack() {
	const { name, version } = readJson(clone, 'package.json');
	// What `prepack` would do is done.
	await inClone('pack', 'npm', 'pack', '--ignore-scripts', `--pack-destination=${stage}`);
	const tarball = join(stage, `${name}-${version}.tgz`);
	await command('unpack', 'tar', ['-xzf', tarball], stage);
	refuse(packedProblems(packed, [stage, root]));
	return `${(readFileSync(tarball).length / 1024).toFixed(0)} KB`;
}

function lookAtLicences() {
	const bundled = readIfThere(join(packed, 'dist/THIRD-PARTY-LICENSES.txt'));
	const own = readIfThere(join(packed, 'LICENSE'));
	const [manifest, lock] = [readJson(packed, 'package.json'), readJson(clone, 'package-lock.json')];
	refuse(licenceProblems({ manifest, lock, own, bundled }));
}

async function buildDocs() {
	if (!existsSync(join(clone, 'docs/package.json'))) return 'there are none here';
	await inClone('docs', process.execPath, 'scripts/docs.mjs', 'build');
}

const lastLine = (output) => output.split('\n').at(-1);
const npmTest = async () => lastLine(await inClone('test', 'npm', 'test'));
const npmCi = async () => void (await inClone('packages', 'npm', 'ci'));
const npmRun = (name) => async () => void (await inClone(name, 'npm', 'run', name));
const script =
	(name, ...args) =>
	async () =>
		void (await inClone(name, process.execPath, `scripts/${name}.mjs`, ...args));

/** @type {readonly import('./release/run-steps.mjs').Step[]} */
const STEPS = [
	{ title: 'The tree is clean', work: () => lookAtTree(root) },
	{ title: 'A fresh clone', work: cloneTree, isBasis: true },
	{ title: 'Versions: package.json, lock, CHANGELOG, README', work: async () => lookAtVersions() },
	{ title: 'No registry is named in lock files', work: lookAtLockFiles },
	{ title: 'Packages: npm ci', work: npmCi, isBasis: true },
	{ title: 'Format, lint, types', work: npmRun('check') },
	{ title: 'Build', work: npmRun('build') },
	{ title: 'Sizes, publint, attw', work: script('check-package') },
	{ title: 'Pack', work: pack },
	{ title: 'Licences', work: async () => lookAtLicences() },
	{ title: 'Documents', work: buildDocs },
	{ title: 'An app that installs the tarball', work: script('test-consumers', 'Vite 8'), isLong: true },
	{ title: 'npm test', work: npmTest, isLong: true },
	{ title: 'The clone is as it was', work: () => lookAtTree(clone) },
];

requireNode();
const isQuick = process.argv.includes('--quick');
mkdirSync(join(root, LOGS), { recursive: true });
try {
	const say = (line) => console.log(line);
	const counts = await runSteps(STEPS, { isQuick, say, now: () => performance.now() });
	const left = counts.skipped > 0 ? `, ${counts.skipped} left out by --quick: it is no release yet` : '';
	console.log(`release:check: ${closingLine(counts)}${left}`);
	process.exitCode = counts.failed === 0 ? 0 : 1;
} finally {
	rmSync(stage, { recursive: true, force: true });
}
