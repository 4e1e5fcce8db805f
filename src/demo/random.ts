/** A small seeded source of chance: the same seed gives the same values on every machine. */
export type Random = {
	/** From 0 (included) to 1 (excluded). */
	next(): number;
	/** A whole number from `least` to `most`, both included. */
	int(least: number, most: number): number;
	/** `true` with the given probability. */
	chance(probability: number): boolean;
	pick<T>(list: readonly T[]): T;
	/** Roughly normal: the mean of three even draws, at most `spread` away from `mean`. */
	around(mean: number, spread: number): number;
};

/** Makes a source from a seed and a label, so that patient 7 is the same whether 10 or 10,000 are made. */
export function random(seed: number, label: string): Random {
	let state = hash(`${seed}/${label}`);
	const next = (): number => {
		state = (state + 0x9e3779b9) | 0;
		let mixed = state ^ (state >>> 16);
		mixed = Math.imul(mixed, 0x21f0aaad);
		mixed ^= mixed >>> 15;
		mixed = Math.imul(mixed, 0x735a2d97);
		mixed ^= mixed >>> 15;
		return (mixed >>> 0) / 0x1_0000_0000;
	};
	return {
		next,
		int: (least, most) => least + Math.floor(next() * (most - least + 1)),
		chance: (probability) => next() < probability,
		pick: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T,
		around: (mean, spread) => mean + ((next() + next() + next()) / 1.5 - 1) * spread,
	};
}

function hash(text: string): number {
	let value = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
	return value | 0;
}
