import { shipPackage } from '../package/shipped-package.js';
import { CONSUMERS } from './consumers.js';
import { tryConsumer } from './journey.js';
import { openVisitor } from './visit.js';

const wanted = process.argv.slice(2);
const shipped = await shipPackage();
const visitor = await openVisitor();
try {
	for (const consumer of CONSUMERS) {
		if (wanted.length > 0 && !wanted.some((word) => consumer.name.toLowerCase().includes(word))) continue;
		for (const result of await tryConsumer(consumer, shipped, visitor)) console.log(result);
	}
} finally {
	await visitor.close();
	await shipped.remove();
}
