import { run } from './command.mjs';

/**
 * Installs packages of Debian and its kin, as root. Waits for others who are installing.
 *
 * @param {readonly string[]} packages
 * @returns {Promise<number>} 0 when it went well
 */
export async function aptInstall(packages) {
	const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
	const patient = ['-q', '-o', 'DPkg::Lock::Timeout=120'];
	const updated = await run('apt-get', ['update', ...patient], options);
	return (
		updated || run('apt-get', ['install', '-y', '--no-install-recommends', ...patient, ...packages], options)
	);
}
