/**
 * All ancestors of every concept, one concept after another. Concepts are numbered from 1 to `count`; `links` gives each
 * child with one parent, ordered by child. Memory: 8 bytes a concept and 4 a link.
 */
export class Closure {
	readonly #first: Int32Array;
	readonly #parents: Int32Array;
	readonly #seen: Int32Array;

	constructor(count: number, links: Int32Array) {
		this.#first = new Int32Array(count + 2);
		this.#parents = new Int32Array(links.length / 2);
		this.#seen = new Int32Array(count + 1);
		for (let i = 0; i < links.length; i += 2) {
			const next = (links[i] as number) + 1;
			this.#first[next] = (this.#first[next] as number) + 1;
			this.#parents[i / 2] = links[i + 1] as number;
		}
		for (let i = 1; i < this.#first.length; i++) {
			this.#first[i] = (this.#first[i] as number) + (this.#first[i - 1] as number);
		}
	}

	/** The ancestors of a concept, nearest first; with the concept itself among them where it stands above itself. */
	of(id: number): number[] {
		const found: number[] = [];
		this.#take(id, id, found);
		for (let i = 0; i < found.length; i++) this.#take(found[i] as number, id, found);
		return found;
	}

	#take(of: number, start: number, found: number[]): void {
		for (let i = this.#first[of] as number; i < (this.#first[of + 1] as number); i++) {
			const parent = this.#parents[i] as number;
			if (this.#seen[parent] === start) continue;
			this.#seen[parent] = start;
			found.push(parent);
		}
	}
}
