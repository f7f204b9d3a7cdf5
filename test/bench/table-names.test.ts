import { expect, test } from 'vitest';
import { TABLE_NAMES, tableNames } from '../../bench/table-names.js';

test('all tables are measured when none is named', () => {
	expect(tableNames(undefined)).toEqual(TABLE_NAMES);
});

test('named ones are measured in the order of the results', () => {
	expect(tableNames('many-files,line')).toEqual(['line', 'many-files']);
});

test('a name that no table has is told, with those that there are', () => {
	expect(() => tableNames('line,many')).toThrow(/There is no table many: loopback, line, /);
	expect(() => tableNames('')).toThrow('There is no table ');
});
