/** The name a client most likely meant: the same but for case, else one with at most two letters amiss. */
export function nearName(wrong: string, names: Iterable<string>): string | undefined {
	if (wrong.length > 64) return undefined;
	let best: string | undefined;
	let least = Math.min(2, Math.floor(wrong.length / 3)) + 1;
	for (const name of names) {
		if (name.toLowerCase() === wrong.toLowerCase()) return name;
		if (Math.abs(name.length - wrong.length) >= least) continue;
		const amiss = editDistance(wrong, name);
		if (amiss < least) {
			least = amiss;
			best = name;
		}
	}
	return best;
}

/** Levenshtein's distance, row by row. */
function editDistance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, i) => i);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
		}
		row = next;
	}
	return row[b.length] ?? 0;
}
