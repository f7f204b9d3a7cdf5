import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDesk } from './desk.js';
import { startSink } from './sink-process.js';
import { manyFiles } from './tables/many-files.js';
const directory = mkdtempSync(join(tmpdir(),'b-'));
const [count='400', kib='20', rounds='3'] = process.argv.slice(2);
const world = { sink: await startSink(), desk: await startDesk() };
import { writeFileSync } from 'node:fs'; import { randomBytes } from 'node:crypto';
const paths = Array.from({length:Number(count)},(_, i)=>{ const p=join(directory,`f${i}.bin`); writeFileSync(p, randomBytes(Number(kib)*1024)); return p; });
try { const s = await manyFiles(world as never, 'x', { name: `${count} of ${kib}`, paths, size: Number(count)*Number(kib)*1024 }, Number(rounds) as never);
 console.log(s.title); for (const r of s.rows) console.log(r.join(' | '));
} finally { await world.sink.close(); await world.desk.close(); rmSync(directory,{recursive:true,force:true}); }
process.exit(0);
