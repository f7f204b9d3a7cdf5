import { createServer } from 'node:http';
import { uploadToken } from './upload-token.js';
import { userOf } from './user.js';

const server = createServer(async (request, response) => {
	const reply = (status, json) => {
		response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
		response.end(JSON.stringify(json));
	};
	if (request.url !== '/sts') return reply(404, { message: 'There is only /sts' });
	try {
		const userId = await userOf(request);
		if (!userId) return reply(401, { message: 'Sign in first' });
		reply(200, await uploadToken(userId));
	} catch (error) {
		// The page need not know more; the message of STS says what is wrong with the key, the role or the policy.
		console.error(error.message);
		reply(502, { message: 'No upload token could be had' });
	}
});
server.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
	console.log(`http://127.0.0.1:${server.address().port}/sts`);
});
